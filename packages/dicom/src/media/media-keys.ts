import { characterSetOf } from '../character-set/data-set-character-set.ts'
import type { DataSet } from '../data-set/data-set.ts'
import type { Tag } from '../tag.ts'
import {
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
} from '../transfer-syntax/transfer-syntax.ts'
import { isUid } from '../uid.ts'
import { type TextOptions, textOf } from '../values/text-of.ts'
import { cleanValue } from './clean-value.ts'
import {
  allKeyTags,
  keysOf,
  type RecordKey,
  seriesInstanceUid,
  studyInstanceUid,
  studyMoments,
} from './record-keys.ts'
import { isRootType, type LeafType, leafTypeOf, type RecordType } from './record-type.ts'

/** Text, several values joined by a backslash, or the items of a sequence. */
export type MediaValue = string | readonly MediaValues[]

/** By tag, `gggg,eeee`; only what has a value. */
export type MediaValues = { readonly [tag: string]: MediaValue }

/** What a DICOMDIR says of one instance, as JSON. */
export type MediaKeys = {
  readonly type: LeafType
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
  /** Related General SOP Class UID. */
  readonly generalClassUids: readonly string[]
  /** Of the values, as Specific Character Set has it; none where they are ASCII. */
  readonly characterSet: readonly string[]
  readonly values: MediaValues
}

export interface MediaKeyOptions extends TextOptions {
  /** More than PS3.3 F.5 asks for: descriptions, dates, geometry. Default false. */
  readonly extended?: boolean
}

/** The parts of a file that keys are taken from; of the data set, all up to Pixel Data, or `mediaKeyTags` alone. */
export interface MediaFile {
  readonly fileMeta: DataSet
  readonly dataSet: DataSet
  readonly transferSyntaxUid: string
}

const tags = {
  specificCharacterSet: 0x00080005,
  sopClassUid: 0x00080016,
  sopInstanceUid: 0x00080018,
  generalClassUid: 0x0008001a,
  mediaStorageSopClassUid: 0x00020002,
  mediaStorageSopInstanceUid: 0x00020003,
  rows: 0x00280010,
  columns: 0x00280011,
} as const

/** The root's elements that `mediaKeysOf` looks at: nothing else of an instance need be kept in memory. */
export const mediaKeyTags: ReadonlySet<Tag> = new Set([...Object.values(tags), ...allKeyTags])

/** What a record below a patient cannot do without. */
const hierarchy = [studyInstanceUid, seriesInstanceUid]

/** Undefined for a file that does not say which SOP Instance it is, or to which series and study it belongs. */
export function mediaKeysOf(file: MediaFile, options: MediaKeyOptions = {}): MediaKeys | undefined {
  const { dataSet, fileMeta } = file
  const uid = (tag: Tag, metaTag: Tag) => uidsOf(dataSet, tag, options)[0] ?? uidsOf(fileMeta, metaTag)[0]
  const sopClassUid = uid(tags.sopClassUid, tags.mediaStorageSopClassUid)
  const sopInstanceUid = uid(tags.sopInstanceUid, tags.mediaStorageSopInstanceUid)
  if (sopClassUid === undefined || sopInstanceUid === undefined) return undefined
  const type = leafTypeOf(sopClassUid, dataSet.has(tags.rows) && dataSet.has(tags.columns))
  const levels: readonly RecordType[] = isRootType(type) ? [type] : ['PATIENT', 'STUDY', 'SERIES', type]
  const keys = levels.flatMap((level) => keysOf(level, options.extended ?? false))
  const values = { ...valuesOf(dataSet, keys, options), ...momentOf(dataSet, options) }
  if (!isRootType(type) && hierarchy.some(({ name }) => values[name] === undefined)) return undefined
  return {
    type,
    sopClassUid,
    sopInstanceUid,
    transferSyntaxUid: transferSyntaxOf(file),
    generalClassUids: uidsOf(dataSet, tags.generalClassUid, options),
    characterSet: isAscii(values) ? [] : characterSetOf(dataSet, options.defaultCharacterSet).terms,
    values,
  }
}

/** The file may not say, or say nonsense: then it is whatever the data set was read as. */
function transferSyntaxOf({ dataSet, transferSyntaxUid }: MediaFile): string {
  if (isUid(transferSyntaxUid)) return transferSyntaxUid
  const { explicitVr, littleEndian } = dataSet.encoding
  if (!explicitVr) return implicitVrLittleEndian
  return littleEndian ? explicitVrLittleEndian : explicitVrBigEndian
}

const uidsOf = (dataSet: DataSet, tag: Tag, options: TextOptions = {}): readonly string[] => {
  const text = cleanValue(textOf(dataSet, tag, options) ?? '', 'UI')
  return text === undefined ? [] : text.split('\\').filter((uid) => uid !== '')
}

function valuesOf(dataSet: DataSet, keys: readonly RecordKey[], options: TextOptions): MediaValues {
  const values: Record<string, MediaValue> = {}
  for (const key of keys) {
    const value = key.vr === 'SQ' ? itemsOf(dataSet, key, options) : textValue(dataSet, key, options)
    if (value !== undefined) values[key.name] = value
  }
  return values
}

function textValue(dataSet: DataSet, key: RecordKey, options: TextOptions): string | undefined {
  if (key.within === undefined) return readValue(dataSet, key, options)
  const value = dataSet.get(key.within)?.value
  const items = value?.kind === 'items' ? value.items : []
  const found = items.flatMap((item) => readValue(item, key, options) ?? [])
  return found.sort().at(-1)
}

const readValue = (dataSet: DataSet, { tag, vr }: RecordKey, options: TextOptions): string | undefined =>
  cleanValue(textOf(dataSet, tag, options) ?? '', vr)

function itemsOf(dataSet: DataSet, key: RecordKey, options: TextOptions): readonly MediaValues[] | undefined {
  const value = dataSet.get(key.tag)?.value
  if (value?.kind !== 'items') return undefined
  const items = value.items.map((item) => valuesOf(item, key.items, options))
  const wanted = items.filter((item) => Object.keys(item).length > 0 && (key.wanted?.(item) ?? true))
  return wanted.length > 0 ? wanted : undefined
}

/**
 * Study Date and Study Time, which no record of a study may lack: of the study, its series, its acquisition or its
 * content, whichever has a date. The time is one of the same day.
 */
function momentOf(dataSet: DataSet, options: TextOptions): MediaValues {
  const moments = studyMoments.map((moment) => moment.map((key) => readValue(dataSet, key, options)))
  const date = moments.map(([day]) => day).find((day) => day !== undefined)
  if (date === undefined) return {}
  const time = moments.find(([day, hour]) => day === date && hour !== undefined)?.[1] ?? '000000'
  return { '0008,0020': date, '0008,0030': time }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the default repertoire has them
const ascii = /^[\x00-\x7f]*$/

const isAscii = (values: MediaValues): boolean =>
  Object.values(values).every((value) =>
    typeof value === 'string' ? ascii.test(value) : value.every(isAscii),
  )
