import { hash, randomUUID } from 'node:crypto'
import { DomainError } from '../model/domain-error.ts'
import type { BlobStore, ByteSpan, FilledBlob, StoredBlob } from './blob-store.ts'

/** Blobs that end with the process: for trials, and for tests of the rooms above. */
export class MemoryBlobStore implements BlobStore {
  readonly #blobs = new Map<string, Uint8Array>()

  async write(bytes: AsyncIterable<Uint8Array>): Promise<StoredBlob> {
    const chunks: Uint8Array[] = []
    for await (const chunk of bytes) chunks.push(Uint8Array.from(chunk))
    const blob = Buffer.concat(chunks)
    const key = randomUUID()
    this.#blobs.set(key, blob)
    return { key, size: blob.length, md5: hash('md5', blob, 'hex') }
  }

  async fill(bytes: AsyncIterable<Uint8Array>): Promise<FilledBlob> {
    return { ...(await this.write(bytes)), synced: Promise.resolve() }
  }

  async *read(key: string, span: ByteSpan = { start: 0 }): AsyncGenerator<Uint8Array> {
    const blob = this.#blobs.get(key)
    if (blob === undefined) throw new DomainError('InexistentFile')
    const part = blob.subarray(span.start, span.end)
    if (part.length > 0) yield part
  }

  async size(key: string): Promise<number | undefined> {
    return this.#blobs.get(key)?.length
  }

  /** Nothing outlives the process, so nothing can be left over. */
  confirm(): void {}

  async remove(key: string): Promise<void> {
    this.#blobs.delete(key)
  }

  async *unconfirmed(): AsyncGenerator<string> {}

  async *list(): AsyncGenerator<string> {
    yield* this.#blobs.keys()
  }

  async close(): Promise<void> {
    this.#blobs.clear()
  }
}
