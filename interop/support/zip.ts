import { crc32, deflateRawSync } from 'node:zlib'

/** An entry of a hand-made archive; whatever is given here is written, true or not. */
export interface ZipEntry {
  readonly name: string
  readonly content: Uint8Array
  readonly deflate?: boolean
  /** What the headers claim. */
  readonly claimedSize?: number
  /** Unix mode, `0o120777` makes it a symbolic link. */
  readonly mode?: number
  /** Sizes and offset in the central directory as ZIP64. */
  readonly zip64?: { readonly size: bigint; readonly compressedSize: bigint; readonly offset: bigint }
}

/** Made once for entries that occur many times. */
const checksums = new WeakMap<Uint8Array, number>()

function checksumOf(content: Uint8Array): number {
  const known = checksums.get(content)
  const checksum = known ?? crc32(content)
  if (known === undefined) checksums.set(content, checksum)
  return checksum
}

function localHeader(entry: ZipEntry, stored: Uint8Array): Buffer {
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50, 0)
  head.writeUInt16LE(20, 4)
  head.writeUInt16LE(entry.deflate === true ? 8 : 0, 8)
  head.writeUInt32LE(checksumOf(entry.content), 14)
  head.writeUInt32LE(stored.length, 18)
  head.writeUInt32LE(entry.claimedSize ?? entry.content.length, 22)
  head.writeUInt16LE(Buffer.byteLength(entry.name), 26)
  return Buffer.concat([head, Buffer.from(entry.name), stored])
}

function zip64Extra({ size, compressedSize, offset }: NonNullable<ZipEntry['zip64']>): Buffer {
  const extra = Buffer.alloc(28)
  extra.writeUInt16LE(1, 0)
  extra.writeUInt16LE(24, 2)
  extra.writeBigUInt64LE(size, 4)
  extra.writeBigUInt64LE(compressedSize, 12)
  extra.writeBigUInt64LE(offset, 20)
  return extra
}

function centralHeader(entry: ZipEntry, storedLength: number, offset: number): Buffer {
  const head = Buffer.alloc(46)
  const extra = entry.zip64 === undefined ? Buffer.alloc(0) : zip64Extra(entry.zip64)
  head.writeUInt32LE(0x02014b50, 0)
  head.writeUInt16LE(0x0314, 4)
  head.writeUInt16LE(20, 6)
  head.writeUInt16LE(entry.deflate === true ? 8 : 0, 10)
  head.writeUInt32LE(checksumOf(entry.content), 16)
  head.writeUInt32LE(entry.zip64 ? 0xffffffff : storedLength, 20)
  head.writeUInt32LE(entry.zip64 ? 0xffffffff : (entry.claimedSize ?? entry.content.length), 24)
  head.writeUInt16LE(Buffer.byteLength(entry.name), 28)
  head.writeUInt16LE(extra.length, 30)
  head.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 38)
  head.writeUInt32LE(entry.zip64 ? 0xffffffff : offset, 42)
  return Buffer.concat([head, Buffer.from(entry.name), extra])
}

export function endOfCentralDirectory(entries: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Math.min(entries, 0xffff), 8)
  end.writeUInt16LE(Math.min(entries, 0xffff), 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return end
}

/** ZIP64 end of central directory and its locator, for `entries` entries. */
export function zip64End(entries: bigint, size: bigint, offset: bigint, position: number): Buffer {
  const end = Buffer.alloc(56 + 20)
  end.writeUInt32LE(0x06064b50, 0)
  end.writeBigUInt64LE(44n, 4)
  end.writeBigUInt64LE(entries, 24)
  end.writeBigUInt64LE(entries, 32)
  end.writeBigUInt64LE(size, 40)
  end.writeBigUInt64LE(offset, 48)
  end.writeUInt32LE(0x07064b50, 56)
  end.writeBigUInt64LE(BigInt(position), 64)
  end.writeUInt32LE(1, 72)
  return end
}

/** An archive. `shareData` lets every central header point at the first entry's bytes. */
export function zipOf(entries: readonly ZipEntry[], shareData = false): Buffer {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  let stored: Uint8Array = Buffer.alloc(0)
  for (const entry of entries) {
    if (!shareData || locals.length === 0) {
      stored = entry.deflate === true ? deflateRawSync(entry.content) : entry.content
    }
    centrals.push(centralHeader(entry, stored.length, shareData ? 0 : offset))
    if (shareData && locals.length > 0) continue
    const local = localHeader(entry, stored)
    locals.push(local)
    offset += local.length
  }
  const central = Buffer.concat(centrals)
  const isBig = entries.length > 0xffff
  const end64 = isBig
    ? zip64End(BigInt(entries.length), BigInt(central.length), BigInt(offset), offset + central.length)
    : Buffer.alloc(0)
  return Buffer.concat([
    ...locals,
    central,
    end64,
    endOfCentralDirectory(entries.length, central.length, offset),
  ])
}
