import type { BlobStore } from '../blobs/blob-store.ts'
import { readFile } from '../blobs/compressed-blob.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { ArchivedFile } from '../catalog/operations/archive-rows.ts'
import { parseDate } from '../model/clock.ts'
import { DomainError } from '../model/domain-error.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import { type ArchiveLimits, archiveLimits } from './archive-limits.ts'
import { type ArchivePlan, type ArchiveRequest, type ArchiveStep, planArchive } from './archive-plan.ts'
import { Checksums } from './checksums.ts'
import { Deflater } from './deflater.ts'
import { type Entries, packEntries } from './pack-entries.ts'
import { ReadAhead } from './read-ahead.ts'
import { StoredArchive, type StoredEntry } from './stored-archive.ts'
import { directoryBytes, streamArchive } from './stream-archive.ts'
import type { ZipMethod, ZipRecord } from './zip-format.ts'

export interface ArchivesDependencies {
  readonly blobs: BlobStore
  readonly catalog: Catalog
  /** Default: `archiveLimits`. */
  readonly limits?: ArchiveLimits
}

export interface ArchiveRun {
  readonly method: ZipMethod
  readonly signal?: AbortSignal | undefined
  /** An instance that is gone or cannot be read, and is left out. */
  onSkipped(instanceId: string | undefined, error: unknown): void
  /** Bytes of content that were taken in. */
  onProgress?(bytes: number): void
}

/** Files of an archive, with their headers, as a blob: parts one after the other are the archive. */
export interface ArchivePart {
  /** Undefined when no file was left. The blob is not confirmed. */
  readonly blob: { readonly key: string; readonly size: number } | undefined
  /** For the last part. */
  readonly records: readonly ZipRecord[]
}

export interface SpooledBytes {
  /** Bytes. */
  readonly size: number
  read(): AsyncIterable<Uint8Array>
  release(): Promise<void>
}

/** Files that are looked up at a time, which takes a few milliseconds. */
const filesPerPage = 200

function* namedFiles({ folders }: ArchiveStep) {
  for (const { path, files } of folders) {
    for (const [id, name] of files) yield { id, name: path + name }
  }
}

/** Makes ZIP archives of what is stored. */
export class Archives {
  readonly #blobs: BlobStore
  readonly #catalog: Catalog
  readonly #limits: ArchiveLimits
  readonly #deflater: Deflater
  readonly #ahead: ReadAhead
  readonly #checksums: Checksums

  constructor({ blobs, catalog, limits = archiveLimits }: ArchivesDependencies) {
    this.#blobs = blobs
    this.#catalog = catalog
    this.#limits = limits
    this.#deflater = new Deflater(limits.parallelPieces)
    this.#ahead = new ReadAhead(limits.aheadBytes)
    this.#checksums = new Checksums(limits.checksums)
  }

  /** Errors: `request.unknown`. */
  plan(request: ArchiveRequest): Promise<ArchivePlan> {
    return planArchive(this.#catalog, request, this.#limits)
  }

  /**
   * An archive of files that are read while it is taken. Fails when one breaks off of which some was given already, and
   * when the signal aborts.
   */
  streamEntries(entries: Entries, run: ArchiveRun): AsyncIterable<Uint8Array> {
    return streamArchive(entries, { ...this.#packing(run), isPrompt: true })
  }

  /** An archive of known length that can be read in parts. What is gone by now is left out. */
  async openStored(
    plan: Pick<ArchivePlan, 'steps'>,
    run: Pick<ArchiveRun, 'onSkipped'>,
  ): Promise<StoredArchive> {
    const entries: StoredEntry[] = []
    for await (const entry of this.entries(plan.steps, run)) entries.push(entry)
    return new StoredArchive(entries, { checksums: this.#checksums, limits: this.#limits })
  }

  /** Files as the part of an archive that begins at `offset`. */
  async writeEntries(entries: Entries, offset: number, run: ArchiveRun): Promise<ArchivePart> {
    const records: ZipRecord[] = []
    const onPacked = (record: ZipRecord): void => {
      records.push(record)
    }
    const packing = { ...this.#packing(run), offset, isPrompt: false, onPacked }
    const { key, size } = await this.#blobs.write(packEntries(entries, packing))
    if (records.length > 0) return { blob: { key, size }, records }
    await this.#blobs.remove(key)
    return { blob: undefined, records }
  }

  /** Keeps bytes as a file until they are released. What a process leaves, the next one sweeps. */
  async spool(bytes: AsyncIterable<Uint8Array>): Promise<SpooledBytes> {
    const { key, size } = await this.#blobs.write(bytes)
    return {
      size,
      read: () => this.#blobs.read(key),
      release: () => this.#blobs.remove(key),
    }
  }

  /** The last part, of an archive whose other parts have `offset` bytes together. */
  async writeDirectory(
    records: Iterable<ZipRecord> | AsyncIterable<ZipRecord>,
    offset: number,
  ): Promise<{ readonly key: string; readonly size: number }> {
    const { key, size } = await this.#blobs.write(directoryBytes(records, offset))
    return { key, size }
  }

  /** The files of the steps that are still there; they are looked up when it is nearly their turn. */
  async *entries(
    steps: Iterable<ArchiveStep>,
    { onSkipped }: Pick<ArchiveRun, 'onSkipped'>,
  ): AsyncGenerator<StoredEntry, void, undefined> {
    for (const step of steps) {
      const files = [...namedFiles(step)]
      for (let start = 0; start < files.length; start += filesPerPage) {
        const page = files.slice(start, start + filesPerPage)
        const located = this.#catalog.archives.locate(page.map(({ id }) => id))
        for (const { id, name } of page) {
          const file = located.get(id)
          if (file === undefined) onSkipped(id, new DomainError('UnknownResource'))
          else yield this.#entry(name, file)
        }
      }
    }
  }

  #entry(name: string, { id, file, received }: ArchivedFile): StoredEntry {
    const time = parseDate(received ?? '')
    return {
      instanceId: id,
      name,
      modified: Number.isNaN(time) ? 0 : time,
      size: file.size,
      blobKey: file.blobKey,
      read: (span, allocate) => readFile(this.#blobs, file, span, allocate),
    }
  }

  #packing({ method, signal, onSkipped, onProgress }: ArchiveRun) {
    return {
      method,
      signal,
      deflater: this.#deflater,
      ahead: this.#ahead,
      limits: this.#limits,
      onSkipped: ({ instanceId }: ArchiveEntry, error: unknown) => onSkipped(instanceId, error),
      ...(onProgress && { onProgress }),
    }
  }
}
