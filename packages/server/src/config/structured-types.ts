import type { UserContentType } from '../model/attachment.ts'
import { levels } from '../model/level.ts'
import { firstUserMetadata, lastUserMetadata } from '../model/metadata.ts'
import { boolean, integer, Mismatch, mapOf, oneOf, text, type ValueType } from './value-type.ts'

export const userMetadataNumber = integer(firstUserMetadata, lastUserMetadata)

export const userContentType: ValueType<UserContentType> = {
  expected: `${userMetadataNumber.expected}, or [number, MIME type]`,
  read(value, directory) {
    const [number, mime]: readonly unknown[] = Array.isArray(value) ? value : [value]
    return {
      number: userMetadataNumber.read(number, directory),
      mime: mime === undefined ? undefined : text.read(mime, directory),
    }
  },
}

/** An entry of the `Dictionary` section. */
export interface DictionaryOption {
  readonly vr: string
  readonly name: string
  readonly leastMultiplicity: number
  /** 0: without limit. */
  readonly mostMultiplicity: number
  readonly privateCreator: string
}

/** `[VR, name, least multiplicity = 1, most multiplicity = 1, private creator = ""]`. */
export const dictionaryEntry: ValueType<DictionaryOption> = {
  expected:
    '[VR, name, minimum multiplicity, maximum multiplicity, private creator], the last three optional',
  read(value, directory) {
    if (!Array.isArray(value) || value.length < 2 || value.length > 5) throw new Mismatch(this.expected)
    const [vr, name, least = 1, most = 1, privateCreator = '']: readonly unknown[] = value
    return {
      vr: text.read(vr, directory),
      name: text.read(name, directory),
      leastMultiplicity: integer().read(least, directory),
      mostMultiplicity: integer().read(most, directory),
      privateCreator: text.read(privateCreator, directory),
    }
  },
}

/** By level, the tags (keywords or numbers) to index besides the standard ones. */
export const extraMainDicomTags: ValueType<ReadonlyMap<string, readonly string[]>> = {
  expected: `an object of lists of tags under ${levels.join(', ')}`,
  read(value, directory) {
    const lists = mapOf(listOfTags).read(value, directory)
    for (const key of lists.keys()) oneOf(...levels).read(key, directory)
    return lists
  },
}

const listOfTags: ValueType<readonly string[]> = {
  expected: 'a list of tags',
  read(value, directory) {
    if (!Array.isArray(value)) throw new Mismatch(this.expected)
    return value.map((tag: unknown) => text.read(tag, directory))
  },
}

export type OverwriteMode = 'Never' | 'Always'

export const overwriteMode: ValueType<OverwriteMode> = {
  expected: 'true, false, "Never" or "Always"',
  read(value, directory) {
    if (typeof value === 'boolean') return value ? 'Always' : 'Never'
    return oneOf('Never', 'Always').read(value, directory)
  },
}

/** A directory of user names and clear passwords. */
export const users = mapOf(text)

export const switches = mapOf(boolean)
