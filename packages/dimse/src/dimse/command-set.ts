import { type CommandKey, type CommandSet, type CommandVr, commandElements } from './command-elements.ts'
import { DimseProtocolError } from './dimse-error.ts'

interface Row {
  readonly key: CommandKey
  readonly element: number
  readonly vr: CommandVr
}

const rows: readonly Row[] = Object.entries(commandElements).map(([key, { element, vr }]) => ({
  key: key as CommandKey,
  element,
  vr,
}))
const rowsByElement: ReadonlyMap<number, Row> = new Map(rows.map((row) => [row.element, row]))

// Group, element, 32-bit length (PS3.5 7.1.3).
const elementHeaderLength = 8

/** Most characters of an LO value (PS3.5 6.2). */
const maxErrorCommentLength = 64

/** Encodes a command set with its group length (PS3.7 6.3.1). */
export function encodeCommandSet(command: CommandSet): Uint8Array {
  const values = rows.flatMap((row) => {
    const value = command[row.key]
    return value === undefined ? [] : [{ element: row.element, bytes: encodeValue(row.vr, value) }]
  })
  const groupLength = values.reduce((sum, { bytes }) => sum + elementHeaderLength + bytes.length, 0)
  const encoded = new Uint8Array(elementHeaderLength + 4 + groupLength)
  const view = new DataView(encoded.buffer)
  view.setUint32(4, 4, true)
  view.setUint32(8, groupLength, true)
  let offset = 12
  for (const { element, bytes } of values) {
    view.setUint16(offset + 2, element, true)
    view.setUint32(offset + 4, bytes.length, true)
    encoded.set(bytes, offset + elementHeaderLength)
    offset += elementHeaderLength + bytes.length
  }
  return encoded
}

/**
 * Decodes a command set. The group length and unknown elements of group 0000 are ignored.
 * Throws DimseProtocolError if it is cut short, leaves group 0000, or has no Command Field.
 */
export function decodeCommandSet(bytes: Uint8Array): CommandSet {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values: Partial<Record<CommandKey, unknown>> = {}
  let offset = 0
  while (offset < bytes.length) {
    if (bytes.length - offset < elementHeaderLength)
      throw new DimseProtocolError('the command set is cut short')
    const group = view.getUint16(offset, true)
    const length = view.getUint32(offset + 4, true)
    const start = offset + elementHeaderLength
    if (group !== 0) throw new DimseProtocolError(`group ${group} in a command set`)
    if (length > bytes.length - start) throw new DimseProtocolError('the command set is cut short')
    const row = rowsByElement.get(view.getUint16(offset + 2, true))
    if (row) values[row.key] = decodeValue(row, bytes.subarray(start, start + length))
    offset = start + length
  }
  if (values.commandField === undefined) throw new DimseProtocolError('a command set without Command Field')
  return values as CommandSet
}

function encodeValue(vr: CommandVr, value: string | number | readonly number[]): Uint8Array {
  if (typeof value === 'string') return encodeText(vr, value)
  if (vr === 'AT') return encodeTags(typeof value === 'number' ? [value] : value)
  const number = Number(value)
  return Uint8Array.of(number & 0xff, number >>> 8)
}

function encodeText(vr: CommandVr, value: string): Uint8Array {
  // Error comments carry text of ours or of a handler: only printable ISO 646 without backslash leaves.
  const text =
    vr === 'LO' ? value.replace(/[^\x20-\x5b\x5d-\x7e]/g, '?').slice(0, maxErrorCommentLength) : value
  const encoded = new Uint8Array(text.length + (text.length % 2)).fill(vr === 'UI' ? 0 : 0x20)
  for (let index = 0; index < text.length; index += 1) encoded[index] = text.charCodeAt(index)
  return encoded
}

function encodeTags(tags: readonly number[]): Uint8Array {
  const encoded = new Uint8Array(tags.length * 4)
  const view = new DataView(encoded.buffer)
  tags.forEach((tag, index) => {
    view.setUint16(index * 4, tag >>> 16, true)
    view.setUint16(index * 4 + 2, tag & 0xffff, true)
  })
  return encoded
}

function decodeValue({ key, vr }: Row, bytes: Uint8Array): unknown {
  switch (vr) {
    case 'US':
      return decodeNumber(key, bytes)
    case 'AT':
      return decodeTags(bytes)
    default:
      return decodeText(bytes)
  }
}

function decodeNumber(key: CommandKey, bytes: Uint8Array): number | undefined {
  const [low, high] = bytes
  if (low === undefined) return undefined
  if (high === undefined) throw new DimseProtocolError(`${key} of one byte`)
  return low + high * 0x100
}

function decodeTags(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from(
    { length: bytes.length >>> 2 },
    (_, index) => view.getUint16(index * 4, true) * 0x10000 + view.getUint16(index * 4 + 2, true),
  )
}

function decodeText(bytes: Uint8Array): string {
  let end = bytes.length
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 0x20)) end -= 1
  let text = ''
  for (const byte of bytes.subarray(0, end)) text += String.fromCharCode(byte)
  return text.trimStart()
}
