import { closeSync, writeSync } from 'node:fs'
import { type AlignedBuffer, type AlignedBuffers, bufferBytes } from './aligned-buffers.ts'
import { stepBytes } from './digest-board.ts'
import type { Digester } from './digester.ts'
import { openDirectly, syncData, writeFully } from './file-system.ts'
import { LocalDigest, type PieceDigest } from './piece-digest.ts'
import type { Slot } from './slot-pool.ts'

/** What direct writes must be a multiple of: the largest sector that disks have. */
const sectorBytes = 4096

/** Blobs up to this size are hashed on the spot and go through the system's cache: the other way costs more. */
const smallBytes = 64 * 1024

export interface Written {
  readonly size: number
  /** Hexadecimal. */
  readonly md5: string
}

/** Where large blobs pass through. */
export interface WriteEquipment {
  readonly buffers: AlignedBuffers
  readonly digester: Digester
}

/**
 * Fills a slot and syncs it. Large blobs go to the disk without a copy in the system's cache (O_DIRECT): with many
 * writers at a time that copy costs several times what receiving the bytes does, and it pushes out what is being read.
 */
export async function writeBlob(
  slot: Slot,
  bytes: AsyncIterable<Uint8Array>,
  equipment: WriteEquipment,
): Promise<Written> {
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
  } finally {
    await writer.close()
  }
}

class BlobWriter {
  readonly #slot: Slot
  readonly #equipment: WriteEquipment
  readonly #lent: AlignedBuffer | undefined
  readonly #buffer: Uint8Array
  #filled = 0
  #digested = 0
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
    const room = bufferBytes - this.#filled
    const part = chunk.length > room ? chunk.subarray(0, room) : chunk
    this.#buffer.set(part, this.#filled)
    this.#filled += part.length
    if (this.#filled - this.#digested >= stepBytes) this.#passOn(false)
    return chunk.subarray(part.length)
  }

  async flush(last: boolean): Promise<void> {
    const digest = this.#passOn(last)
    const length = this.#filled
    const whole = this.#direct === undefined ? length : length - (length % sectorBytes)
    await writeFully(this.#direct ?? this.#slot.fd, this.#buffer, whole, this.#position)
    // What is less than a sector only waits for the sync.
    if (whole < length) writeSync(this.#slot.fd, this.#buffer, whole, length - whole, this.#position + whole)
    if (!last) await digest.settled()
    this.#position += length
    this.#filled = 0
    this.#digested = 0
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
    return this.#equipment.digester.begin(this.#lent)
  }

  async finish(): Promise<Written> {
    await this.flush(true)
    await syncData(this.#slot.fd)
    return { size: this.#position, md5: (await this.#digest?.result()) ?? '' }
  }

  async close(): Promise<void> {
    if (this.#direct !== undefined) closeSync(this.#direct)
    if (this.#lent === undefined) return
    // Another thread may still be reading it.
    await this.#digest?.settled()
    this.#equipment.buffers.giveBack(this.#lent)
  }
}
