/** The structures of a ZIP (APPNOTE.TXT 4.3), from values to bytes. */

/** What the central directory says of a file; plain JSON. */
export interface ZipRecord {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly modified: number
  readonly method: ZipMethod
  /** Whether checksum and sizes stand behind the data instead of before it. */
  readonly hasDescriptor: boolean
  /** Whether sizes beside the data take 8 bytes each. */
  readonly isLarge: boolean
  readonly crc: number
  /** Bytes of the content, and of what the archive holds of it. */
  readonly size: number
  readonly packedSize: number
  /** Of its local header in the archive. */
  readonly offset: number
}

export type ZipMethod = 'stored' | 'deflated'

export type ZipHead = Pick<
  ZipRecord,
  'name' | 'modified' | 'method' | 'hasDescriptor' | 'isLarge' | 'crc' | 'size' | 'packedSize'
>

const signatures = {
  localHeader: 0x04034b50,
  descriptor: 0x08074b50,
  directoryEntry: 0x02014b50,
  largeEnd: 0x06064b50,
  largeEndLocator: 0x07064b50,
  end: 0x06054b50,
} as const

/** The first values that do not fit into 4 and 2 bytes: they say "look into the ZIP64 record" (4.4.1.4). */
const [most32, most16] = [0xffff_ffff, 0xffff]

/** Whether a size or an offset needs ZIP64. */
export const isBeyond32 = (value: number): boolean => value >= most32

const methods: Readonly<Record<ZipMethod, number>> = { stored: 0, deflated: 8 }

/** General purpose bits (4.4.4). */
const [descriptorBit, utf8Bit] = [1 << 3, 1 << 11]

const [plainVersion, largeVersion] = [20, 45]

/** Unix, so that the permissions below are understood. */
const madeByUnix = 3 << 8

/** A regular file that its owner may write, and everybody read. */
const permissions = 0o100644 * 0x1_0000

const largeExtraId = 1

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length

function flagsOf({ name, hasDescriptor }: ZipHead): number {
  return (hasDescriptor ? descriptorBit : 0) | (isAscii(name) ? 0 : utf8Bit)
}

/** Two 16 bit numbers (4.4.6), in UTC: a ZIP knows no time zones. */
export function dosTime(time: number): { readonly time: number; readonly date: number } {
  const [first, last] = [Date.UTC(1980, 0, 1), Date.UTC(2107, 11, 31, 23, 59, 58)]
  const at = new Date(Math.min(last, Math.max(first, time)))
  return {
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
    date: ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
  }
}

/** Version, flags, method, time, checksum and sizes: the same in both headers of a file. */
function writeCommon(bytes: Buffer, at: number, head: ZipHead, sizes: readonly [number, number]): void {
  const { time, date } = dosTime(head.modified)
  bytes.writeUInt16LE(flagsOf(head), at)
  bytes.writeUInt16LE(methods[head.method], at + 2)
  bytes.writeUInt16LE(time, at + 4)
  bytes.writeUInt16LE(date, at + 6)
  bytes.writeUInt32LE(head.crc, at + 8)
  bytes.writeUInt32LE(sizes[0], at + 12)
  bytes.writeUInt32LE(sizes[1], at + 16)
  bytes.writeUInt16LE(Buffer.byteLength(head.name), at + 20)
}

function largeExtra(values: readonly number[]): Buffer {
  if (values.length === 0) return Buffer.alloc(0)
  const bytes = Buffer.alloc(4 + values.length * 8)
  bytes.writeUInt16LE(largeExtraId, 0)
  bytes.writeUInt16LE(values.length * 8, 2)
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), 4 + index * 8)
  return bytes
}

const [localBytes, directoryBytes] = [30, 46]

/** Local file header (4.3.7). What stands behind the data is 0 here. */
export function localHeader(head: ZipHead): Buffer {
  const told = head.hasDescriptor ? { ...head, crc: 0, size: 0, packedSize: 0 } : head
  const extra = largeExtra(head.isLarge ? [told.size, told.packedSize] : [])
  const bytes = Buffer.alloc(localBytes)
  bytes.writeUInt32LE(signatures.localHeader, 0)
  bytes.writeUInt16LE(head.isLarge ? largeVersion : plainVersion, 4)
  writeCommon(bytes, 6, told, head.isLarge ? [most32, most32] : [told.packedSize, told.size])
  bytes.writeUInt16LE(extra.length, 28)
  return Buffer.concat([bytes, Buffer.from(head.name), extra])
}

export const localHeaderBytes = ({ name, isLarge }: Pick<ZipHead, 'name' | 'isLarge'>): number =>
  localBytes + Buffer.byteLength(name) + (isLarge ? 20 : 0)

/** Data descriptor (4.3.9), nothing where there is none. */
export function descriptor({ hasDescriptor, isLarge, crc, size, packedSize }: ZipHead): Buffer {
  const bytes = Buffer.alloc(descriptorBytes({ hasDescriptor, isLarge }))
  if (!hasDescriptor) return bytes
  bytes.writeUInt32LE(signatures.descriptor, 0)
  bytes.writeUInt32LE(crc, 4)
  if (isLarge) {
    bytes.writeBigUInt64LE(BigInt(packedSize), 8)
    bytes.writeBigUInt64LE(BigInt(size), 16)
  } else {
    bytes.writeUInt32LE(packedSize, 8)
    bytes.writeUInt32LE(size, 12)
  }
  return bytes
}

export function descriptorBytes({
  hasDescriptor,
  isLarge,
}: Pick<ZipHead, 'hasDescriptor' | 'isLarge'>): number {
  if (!hasDescriptor) return 0
  return isLarge ? 24 : 16
}

/** In the order of 4.5.3: only values that do not fit. */
const beyond = (record: Pick<ZipRecord, 'size' | 'packedSize' | 'offset'>): readonly number[] =>
  [record.size, record.packedSize, record.offset].filter(isBeyond32)

const fitting = (value: number): number => Math.min(value, most32)

/** Central directory header (4.3.12). */
export function directoryEntry(record: ZipRecord): Buffer {
  const extra = largeExtra(beyond(record))
  const version = extra.length > 0 || record.isLarge ? largeVersion : plainVersion
  const bytes = Buffer.alloc(directoryBytes)
  bytes.writeUInt32LE(signatures.directoryEntry, 0)
  bytes.writeUInt16LE(madeByUnix | version, 4)
  bytes.writeUInt16LE(version, 6)
  writeCommon(bytes, 8, record, [fitting(record.packedSize), fitting(record.size)])
  bytes.writeUInt16LE(extra.length, 30)
  bytes.writeUInt32LE(permissions, 38)
  bytes.writeUInt32LE(fitting(record.offset), 42)
  return Buffer.concat([bytes, Buffer.from(record.name), extra])
}

export function directoryEntryBytes(
  record: Pick<ZipRecord, 'name' | 'size' | 'packedSize' | 'offset'>,
): number {
  const values = beyond(record).length
  return directoryBytes + Buffer.byteLength(record.name) + (values === 0 ? 0 : 4 + values * 8)
}

/** Where the central directory is. */
export interface DirectoryPlace {
  readonly files: number
  readonly offset: number
  readonly size: number
}

const needsLargeEnd = ({ files, offset, size }: DirectoryPlace): boolean =>
  files >= most16 || isBeyond32(offset) || isBeyond32(size)

const [largeEndBytes, locatorBytes, endBytes] = [56, 20, 22]

export const directoryEndBytes = (place: DirectoryPlace): number =>
  endBytes + (needsLargeEnd(place) ? largeEndBytes + locatorBytes : 0)

/** End of central directory record (4.3.16), behind those of ZIP64 (4.3.14, 4.3.15) where it takes them. */
export function directoryEnd(place: DirectoryPlace): Buffer {
  const { files, offset, size } = place
  const end = Buffer.alloc(endBytes)
  end.writeUInt32LE(signatures.end, 0)
  end.writeUInt16LE(Math.min(files, most16), 8)
  end.writeUInt16LE(Math.min(files, most16), 10)
  end.writeUInt32LE(fitting(size), 12)
  end.writeUInt32LE(fitting(offset), 16)
  return needsLargeEnd(place) ? Buffer.concat([largeEnd(place), end]) : end
}

function largeEnd({ files, offset, size }: DirectoryPlace): Buffer {
  const bytes = Buffer.alloc(largeEndBytes + locatorBytes)
  bytes.writeUInt32LE(signatures.largeEnd, 0)
  bytes.writeBigUInt64LE(BigInt(largeEndBytes - 12), 4)
  bytes.writeUInt16LE(madeByUnix | largeVersion, 12)
  bytes.writeUInt16LE(largeVersion, 14)
  bytes.writeBigUInt64LE(BigInt(files), 24)
  bytes.writeBigUInt64LE(BigInt(files), 32)
  bytes.writeBigUInt64LE(BigInt(size), 40)
  bytes.writeBigUInt64LE(BigInt(offset), 48)
  bytes.writeUInt32LE(signatures.largeEndLocator, largeEndBytes)
  bytes.writeBigUInt64LE(BigInt(offset + size), largeEndBytes + 8)
  bytes.writeUInt32LE(1, largeEndBytes + 16)
  return bytes
}

/** From the first byte of a file's local header up to the next one. */
export const fileBytes = (head: Pick<ZipHead, 'name' | 'isLarge' | 'hasDescriptor' | 'packedSize'>): number =>
  localHeaderBytes(head) + head.packedSize + descriptorBytes(head)
