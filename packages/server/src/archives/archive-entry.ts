import type { ByteSpan } from '../blobs/blob-store.ts'
import type { Allocate } from '../model/allocate.ts'

/** A file that goes into an archive. */
export interface ArchiveEntry {
  /** The instance whose file it is, for reports. */
  readonly instanceId?: string
  /** Path in the archive. */
  readonly name: string
  /** Milliseconds since 1970. */
  readonly modified: number
  /** Bytes of the content; undefined when that is known at its end alone. */
  readonly size: number | undefined
  read(span?: ByteSpan, allocate?: Allocate): AsyncIterable<Uint8Array>
}
