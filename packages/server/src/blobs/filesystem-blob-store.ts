import { closeSync, openSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Allocate } from '../model/allocate.ts'
import { DomainError } from '../model/domain-error.ts'
import { AlignedBuffers } from './aligned-buffers.ts'
import type { BlobStore, ByteSpan, FilledBlob, StoredBlob } from './blob-store.ts'
import { BlobThread } from './blob-thread.ts'
import { fillSlot, type WriteEquipment } from './blob-writer.ts'
import { hasCode, readSpan, removeFile, translateError } from './file-system.ts'
import { ReadPace } from './read-pace.ts'
import { folderOf, isKey, listFolder, type Slot, SlotPool } from './slot-pool.ts'

/** Blobs that are received at a time in the fast way. */
const maxWrites = 16

/** Blobs as files `<root>/aa/bb/<key>`: nothing but the bytes that came, so that any tool can read them. */
export class FilesystemBlobStore implements BlobStore {
  readonly #root: string
  readonly #slots: SlotPool
  readonly #equipment: WriteEquipment
  readonly #pace = new ReadPace()

  constructor(root: string) {
    this.#root = root
    const buffers = new AlignedBuffers(maxWrites)
    const thread = new BlobThread(buffers)
    this.#slots = new SlotPool(root, thread)
    this.#equipment = { buffers, thread }
  }

  async write(bytes: AsyncIterable<Uint8Array>): Promise<StoredBlob> {
    const { synced, ...blob } = await this.fill(bytes)
    await synced
    return blob
  }

  async fill(bytes: AsyncIterable<Uint8Array>): Promise<FilledBlob> {
    let slot: Slot | undefined
    try {
      slot = await this.#slots.take()
      const { size, md5, synced } = await fillSlot(slot, bytes, this.#equipment)
      const settled = this.#settle(slot, synced)
      // Whoever fills the slot may have other things to wait for first.
      settled.catch(() => undefined)
      return { key: slot.key, size, md5, synced: settled }
    } catch (error) {
      if (slot !== undefined) await this.#slots.discard(slot)
      throw translateError(error)
    }
  }

  async #settle(slot: Slot, synced: Promise<void>): Promise<void> {
    try {
      await synced
      // After the sync, closing has nothing left to wait for.
      closeSync(slot.fd)
    } catch (error) {
      await this.#slots.discard(slot)
      throw translateError(error)
    }
  }

  async *read(
    key: string,
    span: ByteSpan = { start: 0 },
    allocate: Allocate = Buffer.allocUnsafeSlow,
  ): AsyncGenerator<Uint8Array> {
    const fd = this.#open(key)
    try {
      yield* readSpan(fd, span.start, span.end ?? Number.POSITIVE_INFINITY, { allocate, pace: this.#pace })
    } finally {
      closeSync(fd)
    }
  }

  /** Synchronously: opening takes less time than handing the work to another thread. */
  #open(key: string): number {
    try {
      return openSync(this.#path(key), 'r')
    } catch (error) {
      throw translateError(error)
    }
  }

  async size(key: string): Promise<number | undefined> {
    if (!isKey(key)) return undefined
    try {
      return (await stat(this.#path(key))).size
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined
      throw error
    }
  }

  confirm(key: string): void {
    this.#slots.settle(key)
  }

  async remove(key: string): Promise<void> {
    try {
      await removeFile(this.#path(key))
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
    }
    this.#slots.settle(key)
  }

  unconfirmed(): AsyncIterable<string> {
    return this.#slots.leftovers()
  }

  async *list(): AsyncGenerator<string> {
    const pair = /^[0-9a-f]{2}$/
    for (const outer of (await listFolder(this.#root)).filter((name) => pair.test(name))) {
      for (const inner of (await listFolder(join(this.#root, outer))).filter((name) => pair.test(name))) {
        const names = await listFolder(join(this.#root, outer, inner))
        yield* names.filter((name) => isKey(name) && name.startsWith(outer + inner))
      }
    }
  }

  async close(): Promise<void> {
    await this.#slots.close()
    await this.#equipment.thread.close()
  }

  #path(key: string): string {
    if (!isKey(key)) throw new DomainError('InexistentFile')
    return join(this.#root, folderOf(key), key)
  }
}
