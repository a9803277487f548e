import { closeSync } from 'node:fs'
import { type AlignedBuffer, type AlignedBuffers, bufferBytes } from './aligned-buffers.ts'
import type { FilledBlob } from './blob-store.ts'
import type { BlobThread } from './blob-thread.ts'
import { stepBytes } from './digest-board.ts'
import { openDirectly, syncData, writeFully } from './file-system.ts'
import { LocalDigest, type PieceDigest } from './piece-digest.ts'
import type { Slot } from './slot-pool.ts'

/** What direct writes must be a multiple of: the largest sector that disks have. */
const sectorBytes = 4096

const wholeSectors = (bytes: number): number => bytes - (bytes % sectorBytes)

/** Blobs up to this size are hashed on the spot and go through the system's cache: the other way costs more. */
const smallBytes = 64 * 1024

/**
 * Blobs received at a time up to which each is written while it still comes, which saves its sender waiting. With more
 * of them somebody always writes, and each further write costs processor time that the others need.
 */
const fewBlobs = 2

/** Where large blobs pass through. */
export interface WriteEquipment {
  readonly buffers: AlignedBuffers
  readonly thread: BlobThread
}

/**
 * Fills a slot and begins to sync it. Large blobs go to the disk without a copy in the system's cache (O_DIRECT): with
 * many writers at a time that copy costs several times what receiving the bytes does, and it pushes out what is being
 * read.
 */
export async function fillSlot(
  slot: Slot,
  bytes: AsyncIterable<Uint8Array>,
  equipment: WriteEquipment,
): Promise<Omit<FilledBlob, 'key'>> {
  const writer = new BlobWriter(slot, equipment)
  try {
    for await (const chunk of bytes) {
      let rest = writer.add(chunk)
      while (rest.length > 0) {
        await writer.flush(false)
        rest = writer.add(rest)
      }
    }
    return await writer.finish()
  } catch (error) {
    await writer.close()
    throw error
  }
}

class BlobWriter {
  readonly #slot: Slot
  readonly #equipment: WriteEquipment
  readonly #lent: AlignedBuffer | undefined
  readonly #buffer: Buffer
  #filled = 0
  #digested = 0
  /** Bytes of the buffer that are written, or on their way. */
  #written = 0
  /** Ends with all that is on its way. Never rejects: `flush` throws what failed. */
  #behind: Promise<unknown> = Promise.resolve()
  #failure: unknown
  #position = 0
  #digest: PieceDigest | undefined
  #direct: number | undefined

  constructor(slot: Slot, equipment: WriteEquipment) {
    this.#slot = slot
    this.#equipment = equipment
    this.#lent = equipment.buffers.take()
    this.#buffer = this.#lent?.bytes ?? Buffer.allocUnsafeSlow(bufferBytes)
  }

  /** Takes as much as there is room for, and gives what is left. */
  add(chunk: Uint8Array): Uint8Array {
    if (chunk.length === 0) return chunk
    const room = bufferBytes - this.#filled
    const part = chunk.length > room ? chunk.subarray(0, room) : chunk
    // Into shared memory, `set` moves byte by byte unless all is aligned.
    this.#buffer.fill(part, this.#filled, this.#filled + part.length)
    this.#filled += part.length
    if (this.#filled - this.#digested >= stepBytes) {
      this.#passOn(false)
      if (this.#equipment.buffers.lent <= fewBlobs) this.#writeBehind()
    }
    return chunk.subarray(part.length)
  }

  /** Writes what is there, as far as it can pass by the cache. */
  #writeBehind(): void {
    const end = wholeSectors(this.#filled)
    if (this.#direct === undefined || end <= this.#written) return
    const writing = this.#writeTo(this.#direct, end).catch((error) => {
      this.#failure ??= error
    })
    this.#behind = Promise.all([this.#behind, writing])
  }

  async #writeTo(fd: number, end: number): Promise<void> {
    const start = this.#written
    this.#written = end
    await writeFully(fd, this.#buffer, { start, end, position: this.#position + start })
  }

  async flush(last: boolean): Promise<void> {
    const digest = this.#passOn(last)
    const end = this.#filled
    this.#writeBehind()
    await this.#behind
    if (this.#failure !== undefined) throw this.#failure
    // What is less than a sector, or everything, and the sync with it.
    if (this.#written < end) await this.#writeTo(this.#slot.fd, end)
    else if (last) await syncData(this.#slot.fd)
    if (!last) await digest.settled()
    this.#position += end
    this.#filled = this.#digested = this.#written = 0
  }

  /** Lets what came since the last time go into the digest. */
  #passOn(last: boolean): PieceDigest {
    this.#digest ??= this.#begin()
    this.#digest.add(this.#digested, this.#filled, last)
    this.#digested = this.#filled
    return this.#digest
  }

  /** With the first piece, when it is known whether the blob is large. */
  #begin(): PieceDigest {
    if (this.#lent === undefined || this.#filled <= smallBytes) return new LocalDigest(this.#buffer)
    this.#direct = openDirectly(this.#slot.path)
    return this.#equipment.thread.begin(this.#lent)
  }

  async finish(): Promise<Omit<FilledBlob, 'key'>> {
    const size = this.#position + this.#filled
    const synced = this.#sync()
    // Nobody listens before the digest is there.
    synced.catch(() => undefined)
    return { size, md5: (await this.#digest?.result()) ?? '', synced }
  }

  async #sync(): Promise<void> {
    try {
      await this.flush(true)
    } finally {
      await this.close()
    }
  }

  async close(): Promise<void> {
    await this.#behind
    if (this.#direct !== undefined) closeSync(this.#direct)
    if (this.#lent === undefined) return
    // Another thread may still be reading it.
    await this.#digest?.settled()
    this.#equipment.buffers.giveBack(this.#lent)
  }
}
