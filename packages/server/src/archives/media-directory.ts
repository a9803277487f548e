import { setImmediate } from 'node:timers/promises'
import { Dicomdir, DicomError } from '@kingsfoil/dicom'
import type { ByteSpan } from '../blobs/blob-store.ts'
import { DomainError } from '../model/domain-error.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import { type MediaLimits, mediaLimits } from './media-limits.ts'
import { listenToEntries, type MediaListening, type MediaRecord } from './media-listener.ts'
import { directoryName, fileIdOf, fileSetId } from './media-names.ts'
import type { Entries } from './pack-entries.ts'

export interface MediaDirectoryOptions {
  /** As it was for the records. */
  readonly extended: boolean
  /** Milliseconds since 1970. */
  readonly now: number
  /** A second file of the same SOP Instance UID: a DICOMDIR has one record of an instance. */
  onDuplicate(record: MediaRecord): void
  /** Default: `mediaLimits`. */
  readonly limits?: MediaLimits
}

/**
 * The DICOMDIR as the last entry of a media set, made of records that were noted, as one step of a job does it.
 * Errors: `BadRequest` beyond the limits.
 */
export async function directoryEntry(
  records: AsyncIterable<MediaRecord> | Iterable<MediaRecord>,
  options: MediaDirectoryOptions,
): Promise<ArchiveEntry> {
  const directory = new MediaDirectory(options)
  let count = 0
  for await (const record of records) {
    directory.add(record)
    if (++count % (options.limits ?? mediaLimits).recordsAtOnce === 0) await setImmediate()
  }
  return directory.entry()
}

/**
 * The entries and then the DICOMDIR of those that were read to their end by then. Whoever takes an entry must have
 * read it before it takes the next one. Errors: `BadRequest` beyond the limits.
 */
export async function* mediaEntries(
  entries: Entries,
  options: MediaDirectoryOptions & Omit<MediaListening, 'onRecord'>,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const directory = new MediaDirectory(options)
  const records: MediaRecord[] = []
  const listened = listenToEntries(entries, {
    extended: options.extended,
    dictionary: options.dictionary,
    defaultCharacterSet: options.defaultCharacterSet,
    // What goes wrong with the DICOMDIR is no fault of the entry that is being read.
    onRecord: (record) => records.push(record),
    onUnlisted: (instanceId, error) => options.onUnlisted(instanceId, error),
  })
  for await (const entry of listened) {
    yield entry
    for (const record of records.splice(0)) directory.add(record)
  }
  yield directory.entry()
}

/** A DICOMDIR that grows with its media set. */
class MediaDirectory {
  readonly #options: MediaDirectoryOptions
  readonly #dicomdir: Dicomdir

  constructor(options: MediaDirectoryOptions) {
    const { extended, now, limits = mediaLimits } = options
    this.#options = options
    this.#dicomdir = new Dicomdir({
      fileSetId,
      now: new Date(now),
      extended,
      limits: { maxBytes: limits.directoryBytes },
    })
  }

  add(record: MediaRecord): void {
    try {
      const outcome = this.#dicomdir.add({ fileId: fileIdOf(record.name), keys: record.keys })
      if (outcome === 'Duplicate') this.#options.onDuplicate(record)
    } catch (error) {
      if (!(error instanceof DicomError)) throw error
      throw new DomainError('BadRequest', error.message, { cause: error })
    }
  }

  entry(): ArchiveEntry {
    const dicomdir = this.#dicomdir
    const { size } = dicomdir
    return {
      name: directoryName,
      modified: this.#options.now,
      size,
      read: ({ start, end = size }: ByteSpan = { start: 0 }) => cut(dicomdir.finish(), start, end),
    }
  }
}

async function* cut(pieces: Iterable<Uint8Array>, start: number, end: number): AsyncGenerator<Uint8Array> {
  let at = 0
  for (const piece of pieces) {
    const part = piece.subarray(Math.max(0, start - at), Math.max(0, end - at))
    if (part.length > 0) yield part
    at += piece.length
  }
}
