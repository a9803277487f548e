import { createHash } from 'node:crypto'

/** Storage SOP classes that the suites send. */
export const sopClasses = {
  ctImage: '1.2.840.10008.5.1.4.1.1.2',
  mrImage: '1.2.840.10008.5.1.4.1.1.4',
  secondaryCapture: '1.2.840.10008.5.1.4.1.1.7',
  multiFrameGrayscaleWord: '1.2.840.10008.5.1.4.1.1.7.3',
} as const

export const explicitLittleEndian = '1.2.840.10008.1.2.1'
export const implicitLittleEndian = '1.2.840.10008.1.2'

/** A UID below 2.25 (PS3.5 B.2) that follows from a name: the same name gives the same UID. */
export function uidOf(name: string): string {
  return `2.25.${BigInt(`0x${createHash('md5').update(name).digest('hex')}`)}`
}

export interface ImageDescription {
  readonly patientId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  readonly instanceNumber: number
  readonly rows: number
  readonly columns: number
  /** More than one makes it a Multi-frame Grayscale Word Secondary Capture instead of a CT Image. */
  readonly frames?: number
}

const longLength = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'SQ', 'UC', 'UN', 'UR', 'UT'])

/** One element in Explicit VR Little Endian (PS3.5 7.1.2); text is padded to even length. */
export function element(
  group: number,
  number: number,
  vr: string,
  value: string | Uint8Array,
  length?: number,
): Buffer {
  const raw = typeof value === 'string' ? Buffer.from(value, 'latin1') : Buffer.from(value)
  const padding = vr === 'UI' || vr === 'OB' || vr === 'UN' ? 0 : 0x20
  const bytes =
    raw.length % 2 === 0 || length !== undefined ? raw : Buffer.concat([raw, Buffer.from([padding])])
  const head = Buffer.alloc(longLength.has(vr) ? 12 : 8)
  head.writeUInt16LE(group, 0)
  head.writeUInt16LE(number, 2)
  head.write(vr, 4, 'latin1')
  if (head.length === 12) head.writeUInt32LE(length ?? bytes.length, 8)
  else head.writeUInt16LE(length ?? bytes.length, 6)
  return Buffer.concat([head, bytes])
}

const unsignedShort = (value: number) => Buffer.from(Uint16Array.of(value).buffer)

export interface FileMeta {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly transferSyntaxUid?: string
}

/** Preamble, DICM and group 0002 (PS3.10 7.1). */
export function fileMeta({
  sopClassUid,
  sopInstanceUid,
  transferSyntaxUid = explicitLittleEndian,
}: FileMeta): Buffer {
  const group = Buffer.concat([
    element(2, 1, 'OB', Uint8Array.of(0, 1)),
    element(2, 2, 'UI', sopClassUid),
    element(2, 3, 'UI', sopInstanceUid),
    element(2, 0x10, 'UI', transferSyntaxUid),
    element(2, 0x12, 'UI', '2.25.331017270842071532'),
    element(2, 0x13, 'SH', 'SYNTHETIC'),
  ])
  const groupLength = element(2, 0, 'UL', Buffer.from(Uint32Array.of(group.length).buffer))
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), groupLength, group])
}

export const pixelBytesOf = ({
  rows,
  columns,
  frames = 1,
}: Pick<ImageDescription, 'rows' | 'columns' | 'frames'>) => rows * columns * 2 * frames

/** The data set up to and including the head of Pixel Data, whose value of `pixelBytesOf` bytes is to follow. */
export function dataSetHead(image: ImageDescription): Buffer {
  const { rows, columns, frames = 1, instanceNumber } = image
  const sopClassUid = frames > 1 ? sopClasses.multiFrameGrayscaleWord : sopClasses.ctImage
  const isCt = frames === 1
  return Buffer.concat([
    element(8, 5, 'CS', 'ISO_IR 100'),
    element(8, 8, 'CS', isCt ? 'ORIGINAL\\PRIMARY\\AXIAL' : 'DERIVED\\SECONDARY'),
    element(8, 0x16, 'UI', sopClassUid),
    element(8, 0x18, 'UI', image.sopInstanceUid),
    element(8, 0x20, 'DA', '20260102'),
    element(8, 0x21, 'DA', '20260102'),
    element(8, 0x23, 'DA', '20260102'),
    element(8, 0x30, 'TM', '101500'),
    element(8, 0x31, 'TM', '101600'),
    element(8, 0x33, 'TM', '101601'),
    element(8, 0x50, 'SH', 'A2026'),
    element(8, 0x60, 'CS', isCt ? 'CT' : 'OT'),
    ...(isCt ? [] : [element(8, 0x64, 'CS', 'SYN')]),
    element(8, 0x70, 'LO', 'Kingsfoil'),
    element(8, 0x90, 'PN', 'Referring^Doctor'),
    element(8, 0x1030, 'LO', 'Synthetic study'),
    element(8, 0x103e, 'LO', 'Synthetic series'),
    element(0x10, 0x10, 'PN', 'Synthetic^Patient'),
    element(0x10, 0x20, 'LO', image.patientId),
    element(0x10, 0x30, 'DA', '19700101'),
    element(0x10, 0x40, 'CS', 'O'),
    ...(isCt ? ctAcquisition : frameTiming),
    element(0x20, 0xd, 'UI', image.studyInstanceUid),
    element(0x20, 0xe, 'UI', image.seriesInstanceUid),
    element(0x20, 0x10, 'SH', '1'),
    element(0x20, 0x11, 'IS', '1'),
    element(0x20, 0x12, 'IS', '1'),
    element(0x20, 0x13, 'IS', String(instanceNumber)),
    ...(isCt ? imagePlane(image) : [element(0x20, 0x20, 'CS', '')]),
    element(0x28, 2, 'US', unsignedShort(1)),
    element(0x28, 4, 'CS', 'MONOCHROME2'),
    ...(isCt
      ? []
      : [element(0x28, 8, 'IS', String(frames)), element(0x28, 9, 'AT', Buffer.from([0x18, 0, 0x63, 0x10]))]),
    element(0x28, 0x10, 'US', unsignedShort(rows)),
    element(0x28, 0x11, 'US', unsignedShort(columns)),
    ...(isCt ? [element(0x28, 0x30, 'DS', '0.7\\0.7')] : []),
    element(0x28, 0x100, 'US', unsignedShort(16)),
    element(0x28, 0x101, 'US', unsignedShort(12)),
    element(0x28, 0x102, 'US', unsignedShort(11)),
    element(0x28, 0x103, 'US', unsignedShort(0)),
    ...(isCt ? [] : [element(0x28, 0x301, 'CS', 'NO')]),
    element(0x28, 0x1050, 'DS', '40'),
    element(0x28, 0x1051, 'DS', '400'),
    element(0x28, 0x1052, 'DS', isCt ? '-1024' : '0'),
    element(0x28, 0x1053, 'DS', '1'),
    ...(isCt ? [] : [element(0x28, 0x1054, 'LO', 'US')]),
    ...(isCt ? [] : [element(0x2050, 0x20, 'CS', 'IDENTITY')]),
    element(0x7fe0, 0x10, 'OW', Buffer.alloc(0), pixelBytesOf(image)),
  ])
}

const ctAcquisition = [
  element(0x18, 0x15, 'CS', 'CHEST'),
  element(0x18, 0x50, 'DS', '1.0'),
  element(0x18, 0x60, 'DS', '120'),
  element(0x18, 0x5100, 'CS', 'HFS'),
]

const frameTiming = [element(0x18, 0x15, 'CS', 'CHEST'), element(0x18, 0x1063, 'DS', '40')]

const imagePlane = ({ studyInstanceUid, instanceNumber }: ImageDescription) => [
  element(0x20, 0x32, 'DS', `-179\\-179\\${instanceNumber}`),
  element(0x20, 0x37, 'DS', '1\\0\\0\\0\\1\\0'),
  element(0x20, 0x52, 'UI', uidOf(`${studyInstanceUid} frame of reference`)),
  element(0x20, 0x1040, 'LO', ''),
]

/** A file up to the head of Pixel Data. */
export function fileHead(image: ImageDescription): Buffer {
  const sopClassUid = (image.frames ?? 1) > 1 ? sopClasses.multiFrameGrayscaleWord : sopClasses.ctImage
  return Buffer.concat([fileMeta({ sopClassUid, sopInstanceUid: image.sopInstanceUid }), dataSetHead(image)])
}

/** A whole file. `pixels` needs at least `pixelBytesOf` bytes. */
export function imageFile(image: ImageDescription, pixels: Uint8Array): Buffer {
  return Buffer.concat([fileHead(image), pixels.subarray(0, pixelBytesOf(image))])
}

/** `count` images of one series in one study, all told apart by `name`. */
export function seriesOf(
  name: string,
  count: number,
  rows: number,
  columns: number,
): readonly ImageDescription[] {
  return Array.from({ length: count }, (_, index) => ({
    patientId: `P-${name}`,
    studyInstanceUid: uidOf(`${name} study`),
    seriesInstanceUid: uidOf(`${name} series`),
    sopInstanceUid: uidOf(`${name} instance ${index}`),
    instanceNumber: index + 1,
    rows,
    columns,
  }))
}
