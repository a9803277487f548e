import type { Allocate } from '../model/allocate.ts'

/** Bytes from `start` up to, not including, `end`; without `end`, to the last byte. */
export interface ByteSpan {
  readonly start: number
  readonly end?: number
}

export interface StoredBlob {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** Hexadecimal, of those bytes. */
  readonly md5: string
}

/** A blob whose bytes are all known, though not all on the disk. */
export interface FilledBlob extends StoredBlob {
  /** Resolves when they survive a power loss. When it rejects the blob is gone. */
  readonly synced: Promise<void>
}

/**
 * Where DICOM files live. A blob is written once and never changed.
 *
 * `write` returns when the bytes, and the name they are found by, survive a power loss. Until the caller says
 * `confirm` (a catalog row refers to it) or `remove`, the blob counts as unconfirmed, and a later process learns
 * of it from `unconfirmed`.
 *
 * Errors: `FullStorage` when there is no room, `InexistentFile` for a key that is not there.
 */
export interface BlobStore {
  write(bytes: AsyncIterable<Uint8Array>): Promise<StoredBlob>
  /** As `write`, but does not wait for the disk: nobody may refer to the blob before it is `synced`. */
  fill(bytes: AsyncIterable<Uint8Array>): Promise<FilledBlob>
  /** In memory that `allocate` gives, unless the bytes are in memory already. */
  read(key: string, span?: ByteSpan, allocate?: Allocate): AsyncIterable<Uint8Array>
  /** Bytes; undefined for a key that is not there. */
  size(key: string): Promise<number | undefined>
  confirm(key: string): void
  /** Removing what is gone already is no error. */
  remove(key: string): Promise<void>
  /** Blobs that an earlier process left neither confirmed nor removed. */
  unconfirmed(): AsyncIterable<string>
  /** All keys, in no order. */
  list(): AsyncIterable<string>
  /** Lets go of files and names held in reserve. */
  close(): Promise<void>
}
