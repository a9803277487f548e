import type { DataSet, Encoding } from '../data-set/data-set.ts'
import { type ByteRange, type Element, undefinedLength } from '../data-set/element.ts'
import { DicomError } from '../errors.ts'
import { formatTag, isGroupLength } from '../tag.ts'
import type { Vr } from '../vr.ts'
import { insideUnknown } from './frame-stack.ts'
import { Output, type OutputPart } from './output.ts'
import { itemDelimiter, itemTag, sequenceDelimiter } from './structure-tags.ts'
import { swapBytes } from './swap-bytes.ts'
import { hasLongForm, swapUnit } from './vr-table.ts'

/** The longest value that a length of two bytes can tell. */
const longestShortForm = 0xffff

/**
 * Encodes a data set as parts in order: bytes, and ranges of the stream it was read from for what is not in memory.
 * Where the encoding stays the same, elements that were read are written byte for byte; other sequences get
 * undefined lengths, and values of odd length are padded. In another encoding, group lengths are left out.
 * Recurses as deep as sequences are nested. Throws DicomError `NotEncodable`.
 */
export function dataSetParts(dataSet: DataSet, encoding: Encoding): readonly OutputPart[] {
  const output = new Output()
  writeElements(output, dataSet, encoding)
  return output.finish()
}

function writeElements(output: Output, dataSet: DataSet, target: Encoding): void {
  const same = sameEncoding(dataSet.encoding, target)
  for (const element of dataSet) {
    if (!same && isGroupLength(element.tag)) continue
    writeElement(output, element, dataSet.encoding, target)
  }
}

function writeElement(output: Output, element: Element, source: Encoding, target: Encoding): void {
  const { value } = element
  const untouched = element.offset >= 0 && sameEncoding(source, target)
  switch (value.kind) {
    case 'items':
      writeSequence(output, element, value.items, untouched, target)
      break
    case 'fragments':
      writeFragments(output, element, value.fragments, untouched, target)
      break
    case 'bytes':
      writeBytes(output, element, value.bytes, source, untouched, target)
      break
    case 'reference':
      writeReference(output, element, source, untouched, target)
      break
  }
}

function writeSequence(
  output: Output,
  element: Element,
  items: readonly DataSet[],
  untouched: boolean,
  target: Encoding,
): void {
  const isUnknown = element.vr === 'UN' && target.explicitVr
  const inner = isUnknown ? insideUnknown : target
  const length = untouched ? element.length : items.length === 0 ? 0 : undefinedLength
  writeHeader(output, element, isUnknown ? 'UN' : 'SQ', length, target)
  for (const item of items) writeItem(output, item, inner)
  if (length === undefinedLength) output.implicitHeader(sequenceDelimiter, 0, inner.littleEndian)
}

function writeItem(output: Output, item: DataSet, target: Encoding): void {
  const isUntouched = item.position !== undefined && sameEncoding(item.encoding, target)
  const length = isUntouched ? item.position.length : item.size === 0 ? 0 : undefinedLength
  output.implicitHeader(itemTag, length, target.littleEndian)
  writeElements(output, item, target)
  if (length === undefinedLength) output.implicitHeader(itemDelimiter, 0, target.littleEndian)
}

function writeFragments(
  output: Output,
  element: Element,
  fragments: readonly ByteRange[],
  untouched: boolean,
  target: Encoding,
): void {
  if (!untouched && !(target.explicitVr && target.littleEndian)) {
    throw notEncodable(element, 'encapsulated Pixel Data needs Explicit VR Little Endian (PS3.5 A.4)')
  }
  writeHeader(output, element, untouched ? element.vr : 'OB', undefinedLength, target)
  for (const { offset, length } of fragments) {
    output.implicitHeader(itemTag, length + (length % 2), target.littleEndian)
    output.range({ offset, length, swapUnit: 1 })
    pad(output, length, 0)
  }
  output.implicitHeader(sequenceDelimiter, 0, target.littleEndian)
}

function writeBytes(
  output: Output,
  element: Element,
  bytes: Uint8Array,
  source: Encoding,
  untouched: boolean,
  target: Encoding,
): void {
  const padded = untouched ? bytes.length : bytes.length + (bytes.length % 2)
  writeHeader(output, element, element.vr, padded, target)
  const unit = source.littleEndian === target.littleEndian ? 1 : swapUnit(element.vr)
  output.bytes(unit === 1 ? bytes : swapBytes(bytes, unit))
  if (!untouched) pad(output, bytes.length, paddingOf(element.vr))
}

function writeReference(
  output: Output,
  element: Element,
  source: Encoding,
  untouched: boolean,
  target: Encoding,
): void {
  const { length, valueOffset, vr } = element
  if (length === undefinedLength || element.offset < 0) throw notEncodable(element, 'its value was not read')
  writeHeader(output, element, vr, untouched ? length : length + (length % 2), target)
  const unit = source.littleEndian === target.littleEndian ? 1 : swapUnit(vr)
  output.range({ offset: valueOffset, length, swapUnit: unit })
  if (!untouched) pad(output, length, paddingOf(vr))
}

function writeHeader(output: Output, element: Element, vr: Vr, length: number, target: Encoding): void {
  const { littleEndian } = target
  if (!target.explicitVr) {
    output.implicitHeader(element.tag, length, littleEndian)
    return
  }
  // PS3.5 6.2.2 Note 3: a value that is too long for its VR goes as UN.
  const fits = hasLongForm(vr) || length <= longestShortForm
  output.explicitHeader(element.tag, fits ? vr : 'UN', length, littleEndian)
}

/** PS3.5 6.2: text is padded with a space, UIDs and binary values with zero. */
const textVrs: ReadonlySet<Vr> = new Set([
  'AE',
  'AS',
  'CS',
  'DA',
  'DS',
  'DT',
  'IS',
  'LO',
  'LT',
  'PN',
  'SH',
  'ST',
  'TM',
  'UC',
  'UR',
  'UT',
] as const)

export const paddingOf = (vr: Vr): number => (textVrs.has(vr) ? 0x20 : 0)

function pad(output: Output, length: number, byte: number): void {
  if (length % 2 !== 0) output.bytes(Uint8Array.of(byte))
}

const sameEncoding = (one: Encoding, other: Encoding): boolean =>
  one.explicitVr === other.explicitVr && one.littleEndian === other.littleEndian

const notEncodable = (element: Element, reason: string): DicomError =>
  new DicomError('NotEncodable', `${formatTag(element.tag)} cannot be written: ${reason}`)
