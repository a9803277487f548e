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

export const uint = (size: 2 | 4, value: number, { littleEndian }: Encoding): Buffer => {
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
