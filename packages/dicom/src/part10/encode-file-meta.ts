import { DicomError } from '../errors.ts'
import { isUid } from '../uid.ts'
import { prefixBytes } from './prefix.ts'

/** Of this library (PS3.7 D.3.3.2), from a UUID made once. */
export const implementationClassUid = '2.25.162889907476993229061777129547018964281'
/** PS3.7 D.3.3.2.2: at most 16 characters. */
export const implementationVersionName = 'KINGSFOIL_0_1'

/** The file meta information (PS3.10 Table 7.1-1). */
export interface FileMeta {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
  readonly implementationClassUid?: string
  readonly implementationVersionName?: string
  readonly sourceAet?: string
  readonly sendingAet?: string
  readonly receivingAet?: string
  readonly privateInformation?: { readonly creatorUid: string; readonly bytes: Uint8Array }
}

type Row = readonly [element: number, vr: 'UI' | 'SH' | 'AE' | 'OB', value: Uint8Array]

/**
 * Preamble, `DICM` and group 0002 in Explicit VR Little Endian (PS3.10 7.1).
 * Throws DicomError `NotEncodable` if a UID or name is not what PS3.5 6.2 lets it be.
 */
export function encodeFileMeta(meta: FileMeta): Uint8Array {
  const rows: Row[] = [
    [0x0001, 'OB', Uint8Array.of(0, 1)],
    [0x0002, 'UI', givenUid(meta.sopClassUid)],
    [0x0003, 'UI', givenUid(meta.sopInstanceUid)],
    [0x0010, 'UI', uidValue(meta.transferSyntaxUid)],
    [0x0012, 'UI', uidValue(meta.implementationClassUid ?? implementationClassUid)],
    [0x0013, 'SH', textValue(meta.implementationVersionName ?? implementationVersionName)],
  ]
  if (meta.sourceAet !== undefined) rows.push([0x0016, 'AE', textValue(meta.sourceAet)])
  if (meta.sendingAet !== undefined) rows.push([0x0017, 'AE', textValue(meta.sendingAet)])
  if (meta.receivingAet !== undefined) rows.push([0x0018, 'AE', textValue(meta.receivingAet)])
  if (meta.privateInformation !== undefined) {
    rows.push([0x0100, 'UI', uidValue(meta.privateInformation.creatorUid)])
    rows.push([0x0102, 'OB', evenBytes(meta.privateInformation.bytes)])
  }
  return encodeRows(rows)
}

const headerSize = (vr: string): number => (vr === 'OB' ? 12 : 8)

function encodeRows(rows: readonly Row[]): Uint8Array {
  const groupLength = rows.reduce((sum, [, vr, value]) => sum + headerSize(vr) + value.length, 0)
  const bytes = new Uint8Array(prefixBytes + 12 + groupLength)
  const view = new DataView(bytes.buffer)
  bytes.set([0x44, 0x49, 0x43, 0x4d], prefixBytes - 4)
  writeHeader(view, prefixBytes, 0x0000, 'UL', 4)
  view.setUint32(prefixBytes + 8, groupLength, true)
  let at = prefixBytes + 12
  for (const [element, vr, value] of rows) {
    writeHeader(view, at, element, vr, value.length)
    at += headerSize(vr)
    bytes.set(value, at)
    at += value.length
  }
  return bytes
}

function writeHeader(view: DataView, at: number, element: number, vr: string, length: number): void {
  view.setUint16(at, 2, true)
  view.setUint16(at + 2, element, true)
  view.setUint8(at + 4, vr.charCodeAt(0))
  view.setUint8(at + 5, vr.charCodeAt(1))
  if (headerSize(vr) === 12) view.setUint32(at + 8, length, true)
  else view.setUint16(at + 6, length, true)
}

/** An instance keeps the name that it was given, also one that breaks the component rules of PS3.5 9.1. */
function givenUid(uid: string): Uint8Array {
  if (!/^[0-9A-Za-z._-]{1,64}$/.test(uid)) throw new DicomError('NotEncodable', `Not a UID: ${uid}`)
  return evenBytes(new TextEncoder().encode(uid))
}

function uidValue(uid: string): Uint8Array {
  if (!isUid(uid)) throw new DicomError('NotEncodable', `Not a UID: ${uid}`)
  return evenBytes(new TextEncoder().encode(uid))
}

/** AE and SH: at most 16 characters of the default repertoire, no control characters and no backslash. */
function textValue(text: string): Uint8Array {
  if (!/^[ -[\]-~]{1,16}$/.test(text)) throw new DicomError('NotEncodable', `Not a name: ${text}`)
  return new TextEncoder().encode(text.length % 2 === 0 ? text : `${text} `)
}

function evenBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 2 === 0) return bytes
  const even = new Uint8Array(bytes.length + 1)
  even.set(bytes)
  return even
}
