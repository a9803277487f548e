import type { DicomError, MediaKeys } from '@kingsfoil/dicom'
import type { ByteSpan } from '../blobs/blob-store.ts'
import type { Allocate } from '../model/allocate.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import { MediaHeader, type MediaHeaderOptions } from './media-header.ts'
import { MediaOpening } from './media-opening.ts'
import type { Entries } from './pack-entries.ts'

/** What the DICOMDIR is to say of one entry; plain JSON. */
export type MediaRecord = {
  readonly name: string
  readonly keys: MediaKeys
}

export interface MediaListening extends MediaHeaderOptions {
  /** An entry was read to its end. */
  onRecord(record: MediaRecord): void
  /** An entry was read to its end, but does not say enough of itself to have a record: the DICOMDIR leaves it out. */
  onUnlisted(instanceId: string | undefined, error?: DicomError): void
}

/**
 * The same entries; while one is read as a whole, what the DICOMDIR needs is taken from what passes, and a file that
 * was stored without preamble and file meta information gets them: its size is another once it was read.
 */
export async function* listenToEntries(
  entries: Entries,
  listening: MediaListening,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  for await (const entry of entries) {
    let growth = 0
    const onGrowth = (bytes: number): void => {
      growth = bytes
    }
    yield {
      ...entry,
      get size() {
        return entry.size === undefined ? undefined : entry.size + growth
      },
      read: (span?: ByteSpan, allocate?: Allocate) =>
        span === undefined ? listen(entry, { ...listening, onGrowth }, allocate) : entry.read(span, allocate),
    }
  }
}

async function* listen(
  entry: ArchiveEntry,
  listening: MediaListening & { onGrowth(bytes: number): void },
  allocate: Allocate | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const header = new MediaHeader(listening)
  const opening = new MediaOpening(header)
  let size = 0
  for await (const chunk of entry.read(undefined, allocate)) {
    size += chunk.length
    header.push(chunk)
    for (const piece of opening.pass(chunk)) {
      listening.onGrowth(opening.growth)
      yield piece
    }
  }
  header.end()
  for (const piece of opening.end()) {
    listening.onGrowth(opening.growth)
    yield piece
  }
  // The archive leaves out what has another size than it should have.
  if (size !== (entry.size ?? size)) return
  if (header.keys !== undefined) listening.onRecord({ name: entry.name, keys: header.keys })
  else listening.onUnlisted(entry.instanceId, header.error)
}
