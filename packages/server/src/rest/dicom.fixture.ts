import { deflateRawSync } from 'node:zlib'

/** Value of an element made for tests: text, bytes, items of a sequence, or fragments of Pixel Data. */
type TestValue =
  | string
  | Uint8Array
  | { readonly items: readonly TestElements[] }
  | { readonly fragments: readonly Uint8Array[] }

/** `[tag, VR, value]`, in ascending order. */
type TestElements = readonly (readonly [tag: number, vr: string, value: TestValue])[]

const longLength = new Set(['OB', 'OW', 'SQ', 'UN', 'UT', 'UC', 'OF'])

const tagBytes = (tag: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16LE(tag >>> 16, 0)
  bytes.writeUInt16LE(tag & 0xffff, 2)
  return bytes
}

const length32 = (length: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(length)
  return bytes
}

const item = (content: Uint8Array): Buffer =>
  Buffer.concat([tagBytes(0xfffee000), length32(content.length), content])

function padded(text: string, vr: string): Buffer {
  const odd = Buffer.byteLength(text, 'latin1') % 2 === 1
  return Buffer.from(text + (odd ? (vr === 'UI' ? '\0' : ' ') : ''), 'latin1')
}

function element(tag: number, vr: string, value: TestValue): Buffer {
  if (typeof value !== 'string' && 'fragments' in value) {
    const head = [tagBytes(tag), Buffer.from(vr), Buffer.alloc(2), length32(0xffffffff)]
    return Buffer.concat([...head, ...value.fragments.map(item), tagBytes(0xfffee0dd), length32(0)])
  }
  const bytes =
    typeof value === 'string'
      ? padded(value, vr)
      : 'items' in value
        ? Buffer.concat(value.items.map((one) => item(encode(one))))
        : value
  const short = Buffer.alloc(2)
  if (!longLength.has(vr)) short.writeUInt16LE(bytes.length)
  const length = longLength.has(vr) ? Buffer.concat([Buffer.alloc(2), length32(bytes.length)]) : short
  return Buffer.concat([tagBytes(tag), Buffer.from(vr), length, bytes])
}

const encode = (elements: TestElements): Buffer => Buffer.concat(elements.map((one) => element(...one)))

export interface TestFile {
  readonly patientId?: string
  readonly patientName?: string
  readonly study?: string
  readonly series?: string
  readonly instance?: string
  readonly studyDate?: string
  readonly accessionNumber?: string
  readonly modality?: string
  readonly studyDescription?: string
  readonly transferSyntax?: string
  /** Between (0020,0013) and Pixel Data. */
  readonly more?: TestElements
  readonly pixels?: Uint8Array | { readonly fragments: readonly Uint8Array[] }
  /** Deflates the data set (PS3.5 A.5); goes with its transfer syntax. */
  readonly deflate?: boolean
  /** After Pixel Data. */
  readonly trailing?: TestElements
}

const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7'

/** A DICOM file (PS3.10) in Explicit VR Little Endian, synthetic to the last byte. */
export function makeFile(file: TestFile = {}): Buffer<ArrayBuffer> {
  const instance = file.instance ?? '1.2.3.3'
  const transferSyntax = file.transferSyntax ?? '1.2.840.10008.1.2.1'
  const meta = encode([
    [0x00020002, 'UI', secondaryCapture],
    [0x00020003, 'UI', instance],
    [0x00020010, 'UI', transferSyntax],
    [0x00020012, 'UI', '1.2.3.4'],
  ])
  const group = Buffer.alloc(4)
  group.writeUInt32LE(meta.length)
  const { pixels } = file
  const dataSet = encode([
    [0x00080005, 'CS', 'ISO_IR 100'],
    [0x00080016, 'UI', secondaryCapture],
    [0x00080018, 'UI', instance],
    [0x00080020, 'DA', file.studyDate ?? '20260102'],
    ...(file.accessionNumber === undefined ? [] : [[0x00080050, 'SH', file.accessionNumber] as const]),
    [0x00080060, 'CS', file.modality ?? 'OT'],
    ...(file.studyDescription === undefined ? [] : [[0x00081030, 'LO', file.studyDescription] as const]),
    [0x00081140, 'SQ', { items: [[[0x00081155, 'UI', '1.2.3']], [[0x00081155, 'UI', '1.2.4']]] }],
    [0x00100010, 'PN', file.patientName ?? 'Doe^J\xe9r\xf4me'],
    [0x00100020, 'LO', file.patientId ?? 'P1'],
    [0x0020000d, 'UI', file.study ?? '1.2.3.1'],
    [0x0020000e, 'UI', file.series ?? '1.2.3.2'],
    [0x00200013, 'IS', '7'],
    ...(file.more ?? []),
    ...(pixels === undefined ? [] : [[0x7fe00010, 'OW', pixels] as const]),
    ...(file.trailing ?? []),
  ])
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x00020000, 'UL', group),
    meta,
    file.deflate === true ? deflateRawSync(dataSet) : dataSet,
  ])
}
