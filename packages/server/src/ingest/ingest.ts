import {
  DicomError,
  type Part10File,
  Part10Reader,
  type Part10ReadOptions,
  type Warning,
} from '@kingsfoil/dicom'
import type { BlobStore, FilledBlob } from '../blobs/blob-store.ts'
import { compressInPlace, recognizeFile } from '../blobs/compressed-blob.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { NewInstance } from '../catalog/operations/store-instance.ts'
import type { Changes } from '../changes/changes.ts'
import { type Clock, formatDate } from '../model/clock.ts'
import { DomainError } from '../model/domain-error.ts'
import { limits } from '../model/limits.ts'
import type { Origin } from '../model/origin.ts'
import type { InstanceFile } from '../model/resource.ts'
import { type ResourceIds, resourceIds } from '../model/resource-id.ts'
import { Arrival } from './describe-arrival.ts'
import { Resumed, readHead } from './head.ts'
import { RecentSeries } from './recent-series.ts'
import { type Summary, summarize, summaryTags, type TextOptions } from './summarize.ts'

export interface Received {
  readonly status: 'Success' | 'AlreadyStored' | 'FilteredOut'
  readonly ids: ResourceIds
  readonly warnings: readonly Warning[]
}

export interface ReceiveOptions {
  /** What the C-STORE command announced (PS3.7 9.1.1). */
  readonly expect?: { readonly sopClassUid: string; readonly sopInstanceUid: string }
  /** Replace an instance with the same id. Default: `IngestDependencies.overwriteInstances`. */
  readonly overwrite?: boolean
}

export interface IngestDependencies {
  readonly blobs: BlobStore
  readonly catalog: Catalog
  readonly changes: Changes
  readonly clock: Clock
  readonly text: TextOptions
  readonly overwriteInstances: boolean
  /** Whether files are stored compressed. Default: no. */
  readonly compress?: boolean
  /** Called when a commit has left blobs to remove. */
  readonly reclaim: () => void
}

interface Inspected {
  readonly summary: Summary
  readonly ids: ResourceIds
  readonly warnings: readonly Warning[]
}

/**
 * The one way in. The bytes are spooled into the blob store while their head is parsed; they are synced before the
 * catalog hears of them, and the caller is answered after the catalog's transaction is synced.
 */
export class Ingest {
  readonly #with: IngestDependencies
  readonly #recent = new RecentSeries()

  constructor(dependencies: IngestDependencies) {
    this.#with = dependencies
  }

  /**
   * Takes a DICOM file (PS3.10, or a bare data set) to its last byte, unless it throws.
   * Errors: `BadFileFormat`, `SopClassMismatch`, `FullStorage`, `Database`, `DatabaseUnavailable`, and whatever
   * `bytes` throws.
   */
  async receive(
    bytes: AsyncIterable<Uint8Array>,
    origin: Origin,
    options: ReceiveOptions = {},
  ): Promise<Received> {
    try {
      return await this.#receive(bytes, origin, options)
    } catch (error) {
      throw translate(error)
    }
  }

  async #receive(
    bytes: AsyncIterable<Uint8Array>,
    origin: Origin,
    options: ReceiveOptions,
  ): Promise<Received> {
    const overwrite = options.overwrite ?? this.#with.overwriteInstances
    const source = bytes[Symbol.asyncIterator]()
    try {
      const head = await readHead(source, new Part10Reader(this.#readOptions()))
      const early = head.reader.beforePixelData
      const expected = early === undefined ? undefined : this.#inspect(early, options)
      if (
        expected !== undefined &&
        !overwrite &&
        !this.#recent.isGrowing(expected.ids.series) &&
        (await this.#with.catalog.hasInstance(expected.ids.instance))
      ) {
        await drain(source)
        return { status: 'AlreadyStored', ids: expected.ids, warnings: expected.warnings }
      }
      const blob = await this.#with.blobs.fill(new Resumed(head, source))
      const file = { blobKey: blob.key, size: blob.size, md5: blob.md5 }
      const inspected = await this.#conclude(head.reader, blob, expected, options)
      const stored = this.#with.compress === true ? await this.#compress(blob, file) : file
      const status = await this.#commit(inspected, stored, blob.synced, origin, overwrite)
      this.#recent.note(inspected.ids.series, status === 'Success')
      return { status, ids: inspected.ids, warnings: inspected.warnings }
    } finally {
      await source.return?.()
    }
  }

  /** The bytes are all there: are they whole? If not, the blob goes again. */
  async #conclude(
    reader: Part10Reader,
    blob: FilledBlob,
    expected: Inspected | undefined,
    options: ReceiveOptions,
  ): Promise<Inspected> {
    try {
      const file = endWhole(reader)
      return expected === undefined ? this.#inspect(file, options) : { ...expected, warnings: file.warnings }
    } catch (error) {
      await blob.synced
      await this.#with.blobs.remove(blob.key)
      throw error
    }
  }

  async #compress(blob: FilledBlob, file: InstanceFile): Promise<InstanceFile> {
    await blob.synced
    return compressInPlace(this.#with.blobs, file)
  }

  async #commit(
    { summary, ids }: Inspected,
    file: InstanceFile,
    synced: Promise<void>,
    origin: Origin,
    overwrite: boolean,
  ): Promise<'Success' | 'AlreadyStored'> {
    const { blobs, catalog, changes, clock, reclaim } = this.#with
    try {
      const status = await catalog.storeInstance(
        describeInstance(summary, ids, file, origin, clock(), overwrite),
        synced,
      )
      if (status === 'Success') blobs.confirm(file.blobKey)
      else await blobs.remove(file.blobKey)
      if (overwrite) reclaim()
      changes.nudge()
      return status
    } catch (error) {
      // After any other failure the transaction may have reached the disk: the blob stays, unconfirmed, and the
      // next start decides.
      if (error instanceof DomainError && error.code === 'FullStorage') await blobs.remove(file.blobKey)
      throw error
    }
  }

  #inspect(file: Part10File, { expect }: ReceiveOptions): Inspected {
    const summary = summarize(file, this.#with.text)
    const { sopInstanceUid } = summary.identifiers
    if (
      expect !== undefined &&
      (expect.sopInstanceUid !== sopInstanceUid || expect.sopClassUid !== summary.sopClassUid)
    ) {
      throw new DomainError('SopClassMismatch')
    }
    return { summary, ids: resourceIds(summary.identifiers), warnings: file.warnings }
  }

  #readOptions(): Part10ReadOptions {
    return {
      only: this.#with.text.mainTags?.needed ?? summaryTags,
      dictionary: this.#with.text.dictionary,
      limits: { maxValueBytes: limits.valueBytes },
    }
  }

  /**
   * Gives a blob that no row refers to its row again, as far as its bytes tell.
   * Errors: `BadFileFormat` when it is no DICOM file.
   */
  async adopt(key: string): Promise<Received> {
    const { blobs } = this.#with
    const reader = new Part10Reader(this.#readOptions())
    try {
      const file = await recognizeFile(blobs, key, (chunk) => reader.push(chunk))
      const { summary, ids, warnings } = this.#inspect(endWhole(reader), {})
      const status = await this.#with.catalog.adoptInstance(
        describeInstance(summary, ids, file, { kind: 'Import' }, this.#with.clock(), false),
      )
      return { status, ids, warnings }
    } catch (error) {
      throw translate(error)
    }
  }

  /**
   * Decides the fate of blobs that an earlier process wrote and did not settle. To be called before anything is
   * received. Errors: `Database` when the catalog is new though the storage is not: it must be rebuilt first, for
   * nothing tells an abandoned blob from one whose row was lost.
   */
  async recover(): Promise<{ readonly kept: number; readonly removed: number }> {
    const { blobs, catalog } = this.#with
    if (!catalog.isSettled) {
      if (!(await isEmpty(blobs))) {
        throw new DomainError('Database', 'The storage has files but no catalog: rebuild it first')
      }
      await catalog.settle()
    }
    let kept = 0
    let removed = 0
    for await (const key of blobs.unconfirmed()) {
      if (await catalog.hasBlob(key)) {
        blobs.confirm(key)
        kept += 1
      } else {
        await blobs.remove(key)
        removed += 1
      }
    }
    return { kept, removed }
  }
}

function describeInstance(
  summary: Summary,
  ids: ResourceIds,
  file: InstanceFile,
  origin: Origin,
  time: number,
  overwrite: boolean,
): NewInstance {
  const date = formatDate(time)
  return {
    ids,
    tags: summary.mainTags,
    metadata: new Arrival(summary, origin, date),
    file,
    date,
    overwrite,
  }
}

/** An instance without all of its pixels must not be answered for (`Truncated` is what the reader calls the rest). */
function endWhole(reader: Part10Reader): Part10File {
  const file = reader.end()
  if (file.warnings.some((warning) => warning.code === 'TruncatedPixelData')) {
    throw new DomainError('BadFileFormat', 'The file ends inside Pixel Data')
  }
  return file
}

function translate(error: unknown): unknown {
  if (!(error instanceof DicomError)) return error
  return new DomainError('BadFileFormat', error.message, { cause: error })
}

async function isEmpty(blobs: BlobStore): Promise<boolean> {
  for await (const _ of blobs.list()) return false
  return true
}

async function drain(source: AsyncIterator<Uint8Array>): Promise<void> {
  while ((await source.next()).done !== true);
}
