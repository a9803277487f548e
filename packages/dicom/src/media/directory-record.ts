import { resolveCharacterSet } from '../character-set/character-set.ts'
import type { Delimiters } from '../character-set/decode-text.ts'
import { definedTerms } from '../character-set/defined-terms.ts'
import { encodeText } from '../character-set/encode-text.ts'
import { undefinedLength } from '../data-set/element.ts'
import { buildDataSet, type NewElement, type NewValue } from '../encoding/build-data-set.ts'
import { itemDelimiter, itemTag } from '../encoding/structure-tags.ts'
import { encodeDataSet } from '../encoding/write-data-set.ts'
import type { Vr } from '../vr.ts'
import { cutValue, isParagraph } from './clean-value.ts'
import type { MediaKeys, MediaValue } from './media-keys.ts'
import { keysOf, type RecordKey, type RecordPlace } from './record-keys.ts'
import { privateRecordUid, type RecordType } from './record-type.ts'

/** Explicit VR Little Endian: PS3.10 8.6 leaves no other. */
export const directoryEncoding = { explicitVr: true, littleEndian: true } as const

export interface DirectoryRecord {
  readonly type: RecordType
  readonly place: RecordPlace
  /** Declared for the values. */
  readonly characterSet: readonly string[]
  readonly extended: boolean
  /** Of a record that refers to a file: components of its File ID, and what is in it. */
  readonly file?: { readonly id: readonly string[]; readonly keys: MediaKeys }
}

/** Where in an encoded record the offsets of the next one and of the lower level stand (PS3.5 7.1.2). */
export const nextOffsetAt = 16
export const lowerOffsetAt = 38

/** Which characters delimit: PS3.5 6.1.2.5.3. VRs that are not listed have no text of their own character set. */
const delimitersOf: Readonly<Partial<Record<Vr, Delimiters>>> = {
  LO: 'values',
  LT: 'none',
  PN: 'names',
  SH: 'values',
  ST: 'none',
  UC: 'values',
  UT: 'none',
}

const utf8 = 'ISO_IR 192'

/** Terms of DICOM's own; there are others that files are found with. */
const ownTerms: ReadonlySet<string> = new Set([
  '',
  ...definedTerms.filter(({ table }) => table !== undefined).map(({ term }) => term),
])

/** The character sets to try, in this order: the default repertoire, that of the instance, UTF-8. */
function* candidates(declared: readonly string[]): Generator<readonly string[]> {
  yield []
  if (declared.length > 0 && declared.every((term) => ownTerms.has(term))) yield declared
  yield [utf8]
}

/** The record as an item of Directory Record Sequence, with offsets that are zero (PS3.3 F.3.2.2). */
export function encodeRecord(record: DirectoryRecord): Uint8Array {
  const keys = keysOf(record.type, record.extended)
  for (const terms of candidates(record.characterSet)) {
    const own = keyElements(keys, record.place, terms)
    if (own !== undefined) return encodeItem([...ownElements(record), ...declaration(terms), ...own])
  }
  throw new Error('UTF-8 has all characters')
}

const declaration = (terms: readonly string[]): readonly NewElement[] =>
  terms.length === 0 ? [] : [[0x00080005, 'CS', terms]]

const ownElements = ({ type, file }: DirectoryRecord): readonly NewElement[] => [
  [0x00041400, 'UL', 0],
  [0x00041410, 'US', 0xffff],
  [0x00041420, 'UL', 0],
  [0x00041430, 'CS', type],
  ...(type === 'PRIVATE' ? [[0x00041432, 'UI', privateRecordUid] as const] : []),
  ...(file === undefined ? [] : referenceElements(file)),
]

function referenceElements({ id, keys }: NonNullable<DirectoryRecord['file']>): readonly NewElement[] {
  const reference: NewElement[] = [
    [0x00041500, 'CS', id],
    [0x00041510, 'UI', keys.sopClassUid],
    [0x00041511, 'UI', keys.sopInstanceUid],
    [0x00041512, 'UI', keys.transferSyntaxUid],
  ]
  if (keys.generalClassUids.length > 0) reference.push([0x0004151a, 'UI', keys.generalClassUids])
  return reference
}

type Terms = readonly string[]

/** Undefined if a text has characters that the character set has not. */
function keyElements(
  keys: readonly RecordKey[],
  place: RecordPlace,
  terms: Terms,
): readonly NewElement[] | undefined {
  const elements: NewElement[] = []
  for (const key of keys) {
    if (key.onlyIf?.(place) === false) continue
    const value = place.values[key.name] ?? key.otherwise?.(place)
    if (value === undefined) {
      if (key.mayBeEmpty === true) elements.push([key.tag, key.vr])
      continue
    }
    const encoded = encodeValue(key, value, place, terms)
    if (encoded === undefined) return undefined
    elements.push([key.tag, key.vr, encoded])
  }
  return elements
}

function encodeValue(
  key: RecordKey,
  value: MediaValue,
  place: RecordPlace,
  terms: Terms,
): NewValue | undefined {
  if (typeof value === 'string') return encodeTexts(key, value, terms)
  const items: (readonly NewElement[])[] = []
  for (const item of value) {
    const elements = keyElements(key.items, { ...place, values: item }, terms)
    if (elements === undefined) return undefined
    items.push(elements)
  }
  return items
}

function encodeTexts({ vr, isMultiple }: RecordKey, whole: string, terms: Terms): NewValue | undefined {
  const text = isMultiple || isParagraph(vr) ? whole : cutValue(whole.split('\\', 1)[0] ?? '', vr)
  const delimiters = delimitersOf[vr]
  if (delimiters !== undefined) return encodeText(text, resolveCharacterSet(terms, ''), delimiters).bytes
  return vr === 'US' || vr === 'UL' ? text.split('\\').map(Number) : text
}

function encodeItem(elements: readonly NewElement[]): Uint8Array {
  const content = encodeDataSet(buildDataSet(directoryEncoding, elements), directoryEncoding)
  const item = new Uint8Array(content.length + 16)
  const view = new DataView(item.buffer)
  writeItemTag(view, 0, itemTag, undefinedLength)
  item.set(content, 8)
  writeItemTag(view, content.length + 8, itemDelimiter, 0)
  return item
}

function writeItemTag(view: DataView, at: number, tag: number, length: number): void {
  view.setUint16(at, tag >>> 16, true)
  view.setUint16(at + 2, tag & 0xffff, true)
  view.setUint32(at + 4, length, true)
}
