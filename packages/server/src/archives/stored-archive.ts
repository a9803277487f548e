import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { ByteSpan } from '../blobs/blob-store.ts'
import type { Allocate } from '../model/allocate.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import { type ArchiveLimits, archiveLimits } from './archive-limits.ts'
import type { Checksums } from './checksums.ts'
import { regroup, unexpectedSize } from './pieces.ts'
import {
  descriptor,
  directoryEnd,
  directoryEndBytes,
  directoryEntry,
  directoryEntryBytes,
  fileBytes,
  isBeyond32,
  localHeader,
  localHeaderBytes,
  type ZipRecord,
} from './zip-format.ts'

export interface StoredEntry extends ArchiveEntry {
  readonly size: number
  readonly blobKey: string
}

type Place = Omit<ZipRecord, 'crc'>

type Bytes = AsyncGenerator<Uint8Array, void, undefined>

/** Bytes of the central directory that are given at a time. */
const directoryPieceBytes = 64 * 1024

export interface StoredArchiveOptions {
  readonly checksums: Checksums
  readonly limits?: ArchiveLimits
}

/**
 * An archive whose files are stored as they are: where each byte stands follows from names and sizes, so the length is
 * known at once and any part can be read without the rest. Only checksums take the content of a file, and only where
 * they are read. Nothing can be left out of it: reading fails when a file is gone or has another size.
 */
export class StoredArchive {
  readonly #entries: readonly StoredEntry[]
  readonly #checksums: Checksums
  readonly #wholeBytes: number
  /** Of the local headers, and of the central directory behind the last file. */
  readonly #offsets: Float64Array
  readonly #directorySize: number
  /** Checksums by index; -1 where it is not known yet. */
  readonly #sums: Float64Array
  readonly length: number

  constructor(entries: readonly StoredEntry[], { checksums, limits = archiveLimits }: StoredArchiveOptions) {
    this.#entries = entries
    this.#checksums = checksums
    this.#wholeBytes = limits.wholeBytes
    this.#offsets = new Float64Array(entries.length + 1)
    this.#sums = new Float64Array(entries.length).fill(-1)
    let directorySize = 0
    for (let index = 0; index < entries.length; index++) {
      const place = this.#place(index)
      this.#offsets[index + 1] = place.offset + fileBytes(place)
      directorySize += directoryEntryBytes(place)
    }
    this.#directorySize = directorySize
    this.length = this.#directoryOffset + directorySize + directoryEndBytes(this.#directoryPlace)
  }

  get #directoryOffset(): number {
    return this.#offsets[this.#entries.length] ?? 0
  }

  get #directoryPlace() {
    return { files: this.#entries.length, offset: this.#directoryOffset, size: this.#directorySize }
  }

  #entry(index: number): StoredEntry {
    const entry = this.#entries[index]
    if (entry === undefined) throw new RangeError(`No file ${index} in the archive`)
    return entry
  }

  #place(index: number): Place {
    const { name, modified, size } = this.#entry(index)
    return {
      name,
      modified,
      method: 'stored',
      hasDescriptor: size > this.#wholeBytes,
      isLarge: isBeyond32(size),
      size,
      packedSize: size,
      offset: this.#offsets[index] ?? 0,
    }
  }

  /** The bytes of the span, in memory that `allocate` gives or in their own. */
  async *read({ start, end = this.length }: ByteSpan = { start: 0 }, allocate?: Allocate): Bytes {
    const span = { start, end: Math.min(end, this.length) }
    for (let index = this.#find(start); index < this.#entries.length; index++) {
      const offset = this.#offsets[index] ?? 0
      if (offset >= span.end) return
      yield* this.#readFile(
        index,
        { start: Math.max(0, span.start - offset), end: span.end - offset },
        allocate,
      )
    }
    const offset = this.#directoryOffset
    const directory = { start: Math.max(0, span.start - offset), end: span.end - offset }
    yield* regroup(this.#readDirectory(directory), directoryPieceBytes)
  }

  /** Another one when a byte of the archive is another. */
  fingerprint(): string {
    const digest = createHash('md5')
    for (const { name, modified, blobKey } of this.#entries)
      digest.update(`${name}\0${modified}\0${blobKey}\0`)
    return digest.digest('hex')
  }

  /** The file that holds the byte; their number when it is behind them all. */
  #find(position: number): number {
    let [low, high] = [0, this.#entries.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#offsets[middle + 1] ?? 0) <= position) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Local header, data and descriptor, as far as the span covers them; it counts from the header's first byte. */
  async *#readFile(index: number, span: Required<ByteSpan>, allocate: Allocate | undefined): Bytes {
    const { size } = this.#entry(index)
    const place = this.#place(index)
    const dataStart = localHeaderBytes(place)
    const dataEnd = dataStart + size
    const data = { start: Math.max(0, span.start - dataStart), end: Math.min(size, span.end - dataStart) }
    if (span.start >= dataStart) yield* this.#readData(index, data, allocate)
    else if (place.hasDescriptor) {
      yield localHeader({ ...place, crc: 0 }).subarray(span.start, span.end)
      yield* this.#readData(index, data, allocate)
    } else yield* this.#readWhole(index, place, span, allocate)
    if (place.hasDescriptor && span.end > dataEnd) {
      const bytes = descriptor({ ...place, crc: await this.#sum(index) })
      yield bytes.subarray(Math.max(0, span.start - dataEnd), span.end - dataEnd)
    }
  }

  /** A file whose checksum comes first: it is read but once, for it is short. */
  async *#readWhole(
    index: number,
    place: Place,
    { start, end }: Required<ByteSpan>,
    allocate: Allocate | undefined,
  ): Bytes {
    const chunks: Uint8Array[] = []
    if (this.#knownSum(index) === undefined) {
      for await (const chunk of this.#readAll(index, allocate)) chunks.push(chunk)
    }
    const header = localHeader({ ...place, crc: await this.#sum(index) })
    yield header.subarray(start, end)
    const dataEnd = Math.min(place.size, end - header.length)
    if (chunks.length === 0) yield* this.#readData(index, { start: 0, end: dataEnd }, allocate)
    let position = 0
    for (const chunk of chunks) {
      if (position < dataEnd) yield chunk.subarray(0, dataEnd - position)
      position += chunk.length
    }
  }

  async *#readData(index: number, span: Required<ByteSpan>, allocate: Allocate | undefined): Bytes {
    const entry = this.#entry(index)
    if (span.start >= span.end) return
    if (span.start === 0 && span.end === entry.size) yield* this.#readAll(index, allocate)
    else yield* exactly(entry.read(span, allocate), span.end - span.start)
  }

  /** The content, whose checksum is known afterwards. */
  async *#readAll(index: number, allocate?: Allocate): Bytes {
    const { size, blobKey, read } = this.#entry(index)
    let crc = 0
    for await (const chunk of exactly(read({ start: 0 }, allocate), size)) {
      crc = crc32(chunk, crc)
      yield chunk
    }
    this.#sums[index] = crc
    this.#checksums.set(blobKey, crc)
  }

  #knownSum(index: number): number | undefined {
    const own = this.#sums[index]
    if (own !== undefined && own >= 0) return own
    return this.#checksums.get(this.#entry(index).blobKey)
  }

  async #sum(index: number): Promise<number> {
    const known = this.#knownSum(index)
    if (known !== undefined) return known
    for await (const _ of this.#readAll(index));
    return this.#sum(index)
  }

  async *#readDirectory({ start, end }: Required<ByteSpan>): Bytes {
    let position = 0
    for (let index = 0; index < this.#entries.length && position < end; index++) {
      const place = this.#place(index)
      const length = directoryEntryBytes(place)
      if (position + length > start) {
        const crc = await this.#sum(index)
        yield directoryEntry({ ...place, crc }).subarray(Math.max(0, start - position), end - position)
      }
      position += length
    }
    if (position >= end) return
    const bytes = directoryEnd(this.#directoryPlace).subarray(Math.max(0, start - position), end - position)
    if (bytes.length > 0) yield bytes
  }
}

async function* exactly(chunks: AsyncIterable<Uint8Array>, size: number): Bytes {
  let left = size
  for await (const chunk of chunks) {
    left -= chunk.length
    if (left < 0) break
    yield chunk
  }
  if (left !== 0) throw unexpectedSize()
}
