import { crc32, deflateRawSync } from 'node:zlib'

/** An entry of an archive made for tests; what is given wins over what is true. */
export interface ZipEntry {
  readonly name: string
  readonly content: Uint8Array
  readonly stored?: boolean
  readonly claimedSize?: number
  readonly claimedCompressedSize?: number
  readonly flags?: number
  /** Points the directory at the bytes of an earlier entry. */
  readonly sameAs?: number
  /** Unix mode bits. */
  readonly mode?: number
}

const u16 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2)
  return bytes
}

const u32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4)
  return bytes
}

/** A ZIP as APPNOTE.TXT 4.3.6 lays it out. */
export function makeZip(
  entries: readonly ZipEntry[],
  options: { readonly claimedCount?: number } = {},
): Buffer<ArrayBuffer> {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  const offsets: number[] = []
  let position = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    const packed = entry.stored === true ? Buffer.from(entry.content) : deflateRawSync(entry.content)
    const common = [
      u16(20, entry.flags ?? 0, entry.stored === true ? 0 : 8, 0, 0),
      u32(
        crc32(entry.content),
        entry.claimedCompressedSize ?? packed.length,
        entry.claimedSize ?? entry.content.length,
      ),
      u16(name.length, 0),
    ]
    const earlier = entry.sameAs === undefined ? undefined : offsets[entry.sameAs]
    const offset = earlier ?? position
    offsets.push(offset)
    if (earlier === undefined) {
      const body = Buffer.concat([u32(0x04034b50), ...common, name, packed])
      bodies.push(body)
      position += body.length
    }
    directory.push(
      Buffer.concat([
        u32(0x02014b50),
        u16(0x031e),
        ...common,
        u16(0, 0, 0),
        u32((entry.mode ?? 0o100644) * 65536, offset),
        name,
      ]),
    )
  }
  const central = Buffer.concat(directory)
  const count = options.claimedCount ?? entries.length
  const end = [u32(0x06054b50), u16(0, 0, count, count), u32(central.length, position), u16(0)]
  return Buffer.concat([...bodies, central, ...end])
}
