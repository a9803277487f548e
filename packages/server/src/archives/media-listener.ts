import {
  DicomError,
  type Dictionary,
  type MediaKeys,
  mediaKeysOf,
  mediaKeyTags,
  type Part10File,
  Part10Reader,
} from '@kingsfoil/dicom'
import type { ByteSpan } from '../blobs/blob-store.ts'
import type { Allocate } from '../model/allocate.ts'
import { limits } from '../model/limits.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import type { Entries } from './pack-entries.ts'

/** What the DICOMDIR is to say of one entry; plain JSON. */
export type MediaRecord = {
  readonly name: string
  readonly keys: MediaKeys
}

export interface MediaListening {
  /** More keys than the standard asks for. */
  readonly extended: boolean
  readonly dictionary: Dictionary
  /** Defined term where a file declares none, '' for ASCII. */
  readonly defaultCharacterSet: string
  /** An entry was read to its end. */
  onRecord(record: MediaRecord): void
  /** An entry was read to its end, but does not say enough of itself to have a record: the DICOMDIR leaves it out. */
  onUnlisted(instanceId: string | undefined, error?: DicomError): void
}

/** The same entries; while one is read as a whole, what the DICOMDIR needs is taken from what passes. */
export async function* listenToEntries(
  entries: Entries,
  listening: MediaListening,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  for await (const entry of entries) {
    yield {
      ...entry,
      // Memory that the archive lends may be used again while the reader of the header holds views of it.
      read: (span?: ByteSpan, allocate?: Allocate) =>
        span === undefined ? listen(entry, listening) : entry.read(span, allocate),
    }
  }
}

async function* listen(
  entry: ArchiveEntry,
  listening: MediaListening,
): AsyncGenerator<Uint8Array, void, undefined> {
  const header = new HeaderListener(listening)
  let size = 0
  for await (const chunk of entry.read()) {
    size += chunk.length
    header.push(chunk)
    yield chunk
  }
  // The archive leaves out what has another size than it should have.
  if (size !== (entry.size ?? size)) return
  const keys = header.end()
  if (keys !== undefined) listening.onRecord({ name: entry.name, keys })
  else listening.onUnlisted(entry.instanceId, header.error)
}

const readOptions = {
  only: mediaKeyTags,
  untilPixelData: true,
  limits: { maxHeaderBytes: limits.headerBytes, maxValueBytes: limits.valueBytes },
}

/** Reads a file up to Pixel Data and then holds nothing but its keys. A file that cannot be understood has none. */
class HeaderListener {
  readonly #listening: MediaListening
  #reader: Part10Reader | undefined
  #keys: MediaKeys | undefined
  #error: DicomError | undefined

  constructor(listening: MediaListening) {
    this.#listening = listening
    const { dictionary } = listening
    this.#reader = new Part10Reader({ ...readOptions, dictionary })
  }

  get error(): DicomError | undefined {
    return this.#error
  }

  push(chunk: Uint8Array): void {
    const reader = this.#reader
    if (reader === undefined) return
    this.#attempt(() => {
      reader.push(chunk)
      if (reader.done) this.#take(reader.end())
    })
  }

  end(): MediaKeys | undefined {
    const reader = this.#reader
    if (reader !== undefined) this.#attempt(() => this.#take(reader.end()))
    return this.#keys
  }

  #take(file: Part10File): void {
    const { extended, dictionary, defaultCharacterSet } = this.#listening
    this.#keys = mediaKeysOf(file, { extended, dictionary, defaultCharacterSet })
    this.#reader = undefined
  }

  #attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof DicomError)) throw error
      this.#error = error
      this.#reader = undefined
    }
  }
}
