import type { DataSet, Encoding } from '../data-set/data-set.ts'
import { undefinedLength } from '../data-set/element.ts'
import { elementOf, formatTag, groupOf } from '../tag.ts'

/** Byte streams for tests, put together by hand so that they share nothing with the writer. */

export const explicitLittle: Encoding = { explicitVr: true, littleEndian: true }
export const explicitBig: Encoding = { explicitVr: true, littleEndian: false }
export const implicitLittle: Encoding = { explicitVr: false, littleEndian: true }
export const encodings = [explicitLittle, explicitBig, implicitLittle] as const

export const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1')

export const bytes = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(Buffer.concat(parts.map((part) => Uint8Array.from(part))))

const uint = (size: 2 | 4, value: number, { littleEndian }: Encoding): Buffer => {
  const buffer = Buffer.alloc(size)
  if (littleEndian) buffer.writeUIntLE(value, 0, size)
  else buffer.writeUIntBE(value, 0, size)
  return buffer
}

const tagBytes = (tag: number, encoding: Encoding): Uint8Array =>
  bytes(uint(2, groupOf(tag), encoding), uint(2, elementOf(tag), encoding))

/** PS3.5 7.1.2: these have two reserved bytes and a length of four. */
const longForms = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV XX'.split(' '))

/** One element; `length` in place of the value's own. */
export function element(
  encoding: Encoding,
  tag: number,
  vr: string,
  value: Uint8Array | string = '',
  length?: number,
): Uint8Array {
  const field = typeof value === 'string' ? ascii(value) : value
  const count = length ?? field.length
  const head = tagBytes(tag, encoding)
  if (!encoding.explicitVr) return bytes(head, uint(4, count, encoding), field)
  const isLong = longForms.has(vr)
  const lengthField = isLong ? bytes([0, 0], uint(4, count, encoding)) : uint(2, count, encoding)
  return bytes(head, ascii(vr), lengthField, field)
}

/** PS3.5 7.5: items and delimiters have no VR. */
export const item = (encoding: Encoding, content: Uint8Array, length = content.length): Uint8Array =>
  bytes(tagBytes(0xfffee000, encoding), uint(4, length, encoding), content)

export const itemEnd = (encoding: Encoding): Uint8Array => bytes(tagBytes(0xfffee00d, encoding), [0, 0, 0, 0])

export const sequenceEnd = (encoding: Encoding): Uint8Array =>
  bytes(tagBytes(0xfffee0dd, encoding), [0, 0, 0, 0])

export const delimitedItem = (encoding: Encoding, content: Uint8Array): Uint8Array =>
  bytes(item(encoding, content, undefinedLength), itemEnd(encoding))

export const delimited = (encoding: Encoding, tag: number, vr: string, content: Uint8Array): Uint8Array =>
  bytes(element(encoding, tag, vr, content, undefinedLength), sequenceEnd(encoding))

const preamble = bytes(new Uint8Array(128), ascii('DICM'))

/** Preamble, file meta information and the data set. */
export function file(transferSyntaxUid: string, dataSet: Uint8Array, groupLength?: number): Uint8Array {
  const uid = ascii(transferSyntaxUid.length % 2 === 0 ? transferSyntaxUid : `${transferSyntaxUid}\0`)
  const rest = bytes(
    element(explicitLittle, 0x00020001, 'OB', bytes([0, 1])),
    element(explicitLittle, 0x00020002, 'UI', '1.2.840.10008.5.1.4.1.1.7\0'),
    element(explicitLittle, 0x00020003, 'UI', '1.2.3\0'),
    element(explicitLittle, 0x00020010, 'UI', uid),
    element(explicitLittle, 0x00020012, 'UI', '2.25.1'),
  )
  const length = uint(4, groupLength ?? rest.length, explicitLittle)
  return bytes(preamble, element(explicitLittle, 0x00020000, 'UL', length), rest, dataSet)
}

/** Everything that a reader says of a data set, for comparing. */
export function describe(dataSet: DataSet): unknown[] {
  return [...dataSet].map(({ tag, vr, offset, valueOffset, length, value }) => {
    const head = [formatTag(tag), vr, offset, valueOffset, length, value.kind]
    if (value.kind === 'bytes') return [...head, Buffer.from(value.bytes).toString('latin1')]
    if (value.kind === 'items')
      return [...head, ...value.items.map((each) => [each.position, describe(each)])]
    return value.kind === 'fragments' ? [...head, ...value.fragments] : head
  })
}

/** A data set with most of what the encodings offer. */
export function richDataSet(encoding: Encoding): Uint8Array {
  const inner = bytes(
    element(encoding, 0x00080100, 'SH', 'CODE'),
    delimited(
      encoding,
      0x00081199,
      'SQ',
      delimitedItem(encoding, element(encoding, 0x00081155, 'UI', '1.2\0')),
    ),
  )
  return bytes(
    element(encoding, 0x00080005, 'CS', 'ISO_IR 100'),
    element(encoding, 0x00080018, 'UI', '1.2.3\0'),
    element(encoding, 0x00081140, 'SQ'),
    element(encoding, 0x00082112, 'SQ', bytes(item(encoding, inner), item(encoding, new Uint8Array(0)))),
    delimited(encoding, 0x00082218, 'SQ', bytes(delimitedItem(encoding, inner), item(encoding, inner))),
    element(encoding, 0x00090010, 'LO', 'KINGSFOIL '),
    element(encoding, 0x00091001, 'UN', bytes([1, 2, 3, 4])),
    element(encoding, 0x00100010, 'PN', 'Doe^Jane'),
    element(encoding, 0x00280010, 'US', uint(2, 2, encoding)),
    element(encoding, 0x00280011, 'US', uint(2, 3, encoding)),
    element(encoding, 0x00280103, 'US', uint(2, 1, encoding)),
    element(encoding, 0x00280106, 'SS', uint(2, 0xfffe, encoding)),
    element(encoding, 0x7fe00010, 'OW', bytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])),
    element(encoding, 0xfffcfffc, 'OB', bytes([0, 0])),
  )
}

/** Encapsulated Pixel Data: an empty Basic Offset Table, and fragments of 4 and 0 bytes. */
export const encapsulated = bytes(
  element(explicitLittle, 0x00080018, 'UI', '1.2.3\0'),
  delimited(
    explicitLittle,
    0x7fe00010,
    'OB',
    bytes(
      item(explicitLittle, new Uint8Array(0)),
      item(explicitLittle, bytes([9, 8, 7, 6])),
      item(explicitLittle, new Uint8Array(0)),
    ),
  ),
  element(explicitLittle, 0xfffcfffc, 'OB', bytes([0, 0])),
)
