import type { DataSet, NewElement } from '@kingsfoil/dicom'
import type { Level } from '../model/level.ts'
import { buildAnswer } from './answer-data-set.ts'
import { checkLimits } from './check-limits.ts'
import type { Find } from './find.ts'
import { type IdentifierOptions, parseIdentifier } from './identifier.ts'

export interface FindAnswersOptions extends IdentifierOptions {
  /** Value of Retrieve AE Title (0008,0054) in all answers. */
  readonly retrieveAeTitle: string
}

/** Values of Query/Retrieve Level (0008,0052), PS3.4 C.6. */
const levelNames: Readonly<Record<Level, string>> = {
  Patient: 'PATIENT',
  Study: 'STUDY',
  Series: 'SERIES',
  Instance: 'IMAGE',
}

/** Answers C-FIND requests of both information models (PS3.4 C.4.1). */
export class FindAnswers {
  readonly #find: Pick<Find, 'find' | 'limitOf'>
  readonly #options: FindAnswersOptions

  constructor(find: Pick<Find, 'find' | 'limitOf'>, options: FindAnswersOptions) {
    this.#find = find
    this.#options = options
  }

  /**
   * One data set for each match, in Explicit VR Little Endian; the caller may stop at any of them. Returns whether
   * that was all: false when the server's limit was reached. Errors: `BadRequest` for requests beyond the limits.
   */
  async *answers(
    level: Level,
    identifier: DataSet,
  ): AsyncGenerator<DataSet, { readonly isComplete: boolean }> {
    const { search, keys, characterSet } = parseIdentifier(level, identifier, this.#options)
    checkLimits(search)
    const most = this.#find.limitOf(level)
    const common: readonly NewElement[] = [
      [0x00080052, 'CS', levelNames[level]],
      [0x00080054, 'AE', this.#options.retrieveAeTitle],
    ]
    const { defaultCharacterSet, dictionary } = this.#options
    const wanted = keys.filter(({ echo }) => echo === undefined).map(({ tag }) => tag)
    let count = 0
    for await (const { tags } of this.#find.find({ ...search, limit: most === 0 ? 0 : most + 1 }, wanted)) {
      if (most > 0 && count === most) return { isComplete: false }
      count++
      yield buildAnswer(keys, tags, { characterSet, defaultCharacterSet, dictionary, common })
    }
    return { isComplete: true }
  }
}
