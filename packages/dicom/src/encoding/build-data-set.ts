import { DataSet, type Encoding } from '../data-set/data-set.ts'
import { type Element, undefinedLength, type Value } from '../data-set/element.ts'
import { DicomError } from '../errors.ts'
import { formatTag, type Tag } from '../tag.ts'
import type { Vr } from '../vr.ts'
import { paddingOf } from './data-set-writer.ts'
import { encodeNumbers } from './encode-numbers.ts'

/**
 * A value to encode. Text is encoded as UTF-8 and several texts are joined by backslashes; numbers go into the
 * bytes of their VR, tags for AT, or become text for DS and IS; bytes are taken as they are.
 */
export type NewValue =
  | string
  | readonly string[]
  | number
  | readonly number[]
  | bigint
  | readonly bigint[]
  | Uint8Array
  | readonly (readonly NewElement[])[]

/** An element to make; the value of SQ is a list of items, each a list of elements. */
export type NewElement = readonly [tag: Tag, vr: Vr, value?: NewValue]

/**
 * Makes a data set in memory, in tag order, with values padded to even length. Recurses as deep as items are nested.
 * Throws DicomError `NotEncodable` if a tag occurs twice or a value does not suit its VR.
 */
export function buildDataSet(encoding: Encoding, entries: readonly NewElement[], parent?: DataSet): DataSet {
  const elements: Element[] = []
  const dataSet = new DataSet(encoding, elements, parent)
  for (const [tag, vr, value] of entries.toSorted(([one], [other]) => one - other)) {
    if (elements.at(-1)?.tag === tag) throw new DicomError('NotEncodable', `${formatTag(tag)} occurs twice`)
    elements.push(vr === 'SQ' ? sequenceElement(dataSet, tag, value) : newElement(encoding, tag, vr, value))
  }
  return dataSet
}

/** Makes an element whose value is in memory. Throws DicomError `NotEncodable`; SQ is for `buildDataSet`. */
export function newElement(encoding: Encoding, tag: Tag, vr: Vr, value: NewValue | undefined): Element {
  const bytes = padded(vr, encodeValue(encoding, vr, value, tag))
  return memoryElement(tag, vr, bytes.length, { kind: 'bytes', bytes })
}

const memoryElement = (tag: Tag, vr: Vr, length: number, value: Value): Element => ({
  tag,
  vr,
  offset: -1,
  valueOffset: -1,
  length,
  value,
})

function sequenceElement(dataSet: DataSet, tag: Tag, value: NewValue | undefined): Element {
  const items = (value === undefined ? [] : asList(value)).map((item) => {
    if (!Array.isArray(item)) throw unsuitable(tag, 'SQ')
    return buildDataSet(dataSet.encoding, item as readonly NewElement[], dataSet)
  })
  return memoryElement(tag, 'SQ', items.length === 0 ? 0 : undefinedLength, { kind: 'items', items })
}

const asList = (value: NewValue): readonly unknown[] => (Array.isArray(value) ? value : [value])

function encodeValue(encoding: Encoding, vr: Vr, value: NewValue | undefined, tag: Tag): Uint8Array {
  if (value === undefined) return new Uint8Array(0)
  if (value instanceof Uint8Array) return value
  const values = asList(value)
  const isText = values.every((each) => typeof each === 'string' || isDecimal(vr, each))
  const isTextVr = paddingOf(vr) === 0x20 || vr === 'UI' || vr === 'UN'
  const bytes =
    isText && isTextVr
      ? new TextEncoder().encode(values.join('\\'))
      : encodeNumbers(vr, values, encoding.littleEndian)
  if (bytes === undefined) throw unsuitable(tag, vr)
  return bytes
}

/** Numbers that DS and IS write as text (PS3.5 6.2: at most 16 characters). */
const isDecimal = (vr: Vr, value: unknown): boolean =>
  (vr === 'DS' || vr === 'IS') && typeof value === 'number' && String(value).length <= 16

function padded(vr: Vr, bytes: Uint8Array): Uint8Array {
  if (bytes.length % 2 === 0) return bytes
  const even = new Uint8Array(bytes.length + 1)
  even.set(bytes)
  even[bytes.length] = paddingOf(vr)
  return even
}

const unsuitable = (tag: Tag, vr: Vr): DicomError =>
  new DicomError('NotEncodable', `The value of ${formatTag(tag)} does not suit ${vr}`)
