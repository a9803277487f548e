import {
  type DataSet,
  type Dictionary,
  type JsonObject,
  type Part10File,
  parseNumericTag,
  textOf,
  toShortJson,
} from '@kingsfoil/dicom'
import { DomainError } from '../model/domain-error.ts'
import { type Level, levels } from '../model/level.ts'
import { limits } from '../model/limits.ts'
import { type MainTags, mainTags, mainTagsSignature } from '../model/main-tags.ts'
import type { TagValue, TagValues } from '../model/resource.ts'
import type { Identifiers } from '../model/resource-id.ts'

/** What ingest needs to know of an instance: all of it lies before Pixel Data. */
export interface Summary {
  readonly identifiers: Identifiers
  readonly sopClassUid: string
  readonly transferSyntaxUid: string
  readonly mainTags: Readonly<Record<Level, TagValues>>
  /** Names the tags that were looked for. */
  readonly signatures: Readonly<Record<Level, string>>
  /** What InstanceNumber says or, where it is missing, ImageIndex: not always a number. */
  readonly indexInSeries: string | undefined
  readonly expectedInstances: number | undefined
  /** Of the element in the file; undefined without Pixel Data and for deflated files. */
  readonly pixelData: { readonly offset: number; readonly vr: string } | undefined
}

export interface TextOptions {
  readonly dictionary: Dictionary
  /** Defined term of PS3.3 C.12.1.1.2 for data sets that declare none. */
  readonly defaultCharacterSet: string
  /** Default: those of every catalog. */
  readonly mainTags?: TagSelection
}

/** Main tags by level, made ready. */
export interface TagSelection {
  readonly numbers: Readonly<Record<Level, readonly (readonly [string, number])[]>>
  readonly signatures: Readonly<Record<Level, string>>
  /** All that `summarize` looks at: nothing else of an instance need be kept in memory. */
  readonly needed: ReadonlySet<number>
}

const tags = {
  sopClassUid: 0x00080016,
  sopInstanceUid: 0x00080018,
  patientId: 0x00100020,
  studyInstanceUid: 0x0020000d,
  seriesInstanceUid: 0x0020000e,
  instanceNumber: 0x00200013,
  imageIndex: 0x00541330,
} as const

const specificCharacterSet = 0x00080005

/** Pairs whose product is the number of instances of a series, and one tag that says it alone. */
const expectations: readonly (readonly number[])[] = [
  [0x00201002, 0x00200105],
  [0x00540081, 0x00540101],
  [0x00181090],
]

export function selectTags(selected: MainTags): TagSelection {
  const byLevel = <T>(make: (level: Level) => T): Readonly<Record<Level, T>> => ({
    Patient: make('Patient'),
    Study: make('Study'),
    Series: make('Series'),
    Instance: make('Instance'),
  })
  const numbers = byLevel((level) =>
    selected[level].map((name) => [name, parseNumericTag(name) ?? 0] as const),
  )
  return {
    numbers,
    signatures: byLevel((level) => mainTagsSignature(level, selected)),
    needed: new Set([
      specificCharacterSet,
      ...Object.values(tags),
      ...expectations.flat(),
      ...levels.flatMap((level) => numbers[level].map(([, tag]) => tag)),
    ]),
  }
}

const usualTags = selectTags(mainTags)

/** What is needed for the tags of every catalog. */
export const summaryTags: ReadonlySet<number> = usualTags.needed

/** Errors: `BadFileFormat` when a Study, Series or SOP Instance UID is missing or beyond all bounds. */
export function summarize(file: Part10File, options: TextOptions): Summary {
  const { dataSet } = file
  const selection = options.mainTags ?? usualTags
  const read = (tag: number): string => textOf(dataSet, tag, options)?.trim() ?? ''
  return {
    identifiers: {
      patientId: read(tags.patientId),
      studyInstanceUid: requireUid(read(tags.studyInstanceUid), 'StudyInstanceUID'),
      seriesInstanceUid: requireUid(read(tags.seriesInstanceUid), 'SeriesInstanceUID'),
      sopInstanceUid: requireUid(read(tags.sopInstanceUid), 'SOPInstanceUID'),
    },
    sopClassUid: read(tags.sopClassUid),
    transferSyntaxUid: file.transferSyntaxUid,
    mainTags: new MainTagValues(dataSet, selection, options),
    signatures: selection.signatures,
    indexInSeries: indexInSeries(dataSet, options),
    expectedInstances: expectedInstances(read),
    pixelData: file.deflated ? undefined : file.pixelData,
  }
}

function requireUid(value: string, keyword: string): string {
  if (value === '') throw new DomainError('BadFileFormat', `${keyword} is missing`)
  if (value.length > limits.uidCharacters) {
    throw new DomainError('BadFileFormat', `${keyword} has more than ${limits.uidCharacters} characters`)
  }
  return value
}

function indexInSeries(dataSet: DataSet, options: TextOptions): string | undefined {
  const tag = [tags.instanceNumber, tags.imageIndex].find((each) => dataSet.get(each) !== undefined)
  const text = tag === undefined ? undefined : textOf(dataSet, tag, options)?.trim()
  return text === undefined || text.length > limits.mainTagCharacters ? undefined : text
}

function positiveInteger(text: string): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined
  const value = Number(text)
  return value > 0 ? value : undefined
}

function expectedInstances(read: (tag: number) => string): number | undefined {
  for (const factors of expectations) {
    const values = factors.map((tag) => positiveInteger(read(tag)) ?? 0)
    const product = values.reduce((total, value) => total * value, 1)
    if (product > 0) return product
  }
  return undefined
}

/** Collected when they are asked for: those above the instance mostly are not. */
class MainTagValues implements Readonly<Record<Level, TagValues>> {
  readonly #dataSet: DataSet
  readonly #selection: TagSelection
  readonly #options: TextOptions

  constructor(dataSet: DataSet, selection: TagSelection, options: TextOptions) {
    this.#dataSet = dataSet
    this.#selection = selection
    this.#options = options
  }

  get Patient(): TagValues {
    return this.#collect('Patient')
  }

  get Study(): TagValues {
    return this.#collect('Study')
  }

  get Series(): TagValues {
    return this.#collect('Series')
  }

  get Instance(): TagValues {
    return this.#collect('Instance')
  }

  #collect(level: Level): TagValues {
    const values: Record<string, TagValue> = {}
    for (const [name, tag] of this.#selection.numbers[level]) {
      const value = mainTagValue(this.#dataSet, tag, this.#options)
      if (value !== undefined) values[name] = value
    }
    return values
  }
}

function mainTagValue(dataSet: DataSet, tag: number, options: TextOptions): TagValue | undefined {
  const element = dataSet.get(tag)
  if (element === undefined) return undefined
  if (element.value.kind === 'items') {
    return element.value.items.map((item) => withoutNulls(toShortJson(item, options)))
  }
  const text = textOf(dataSet, tag, options)
  return text === undefined || text.length > limits.mainTagCharacters ? undefined : text
}

/** Binary and overlong values have no place in the catalog. */
function withoutNulls(item: JsonObject): TagValues {
  const values: Record<string, TagValue> = {}
  for (const [name, value] of Object.entries(item)) {
    if (typeof value === 'string') values[name] = value
    else if (Array.isArray(value)) values[name] = value.map((inner) => withoutNulls(inner as JsonObject))
  }
  return values
}
