import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Attachment } from '../model/attachment.ts'
import type { ChangePage, HappeningPage } from '../model/change.ts'
import { DomainError } from '../model/domain-error.ts'
import type { ExportPage, NewExport } from '../model/export.ts'
import type { Level } from '../model/level.ts'
import type { ResourceStatistics, Statistics } from '../model/resource.ts'
import type { DeliveryPage, DeliveryState } from '../model/webhook.ts'
import { CatalogArchives } from './catalog-archives.ts'
import { Exclusive } from './exclusive.ts'
import { CatalogJobs } from './jobs/catalog-jobs.ts'
import {
  type AttachmentName,
  getAttachment,
  listAttachments,
  type NewAttachment,
  type UnwantedAttachment,
  type WriteOutcome,
} from './operations/attachments.ts'
import type { Deletion, ResourceName } from './operations/delete-resource.ts'
import { listDeletions, type SliceRequest } from './operations/delete-slice.ts'
import {
  type DeliveryQuery,
  type DeliveryRecord,
  listDeliveries,
  readDeliveryState,
} from './operations/deliveries.ts'
import { readExports } from './operations/exports.ts'
import { type Labelling, listAllLabels, listLabels } from './operations/labels.ts'
import { type CatalogFile, listFiles } from './operations/list-files.ts'
import type { Capacity } from './operations/make-room.ts'
import { type ChangeQuery, lastSequence, readChanges } from './operations/read-changes.ts'
import { readHappenings } from './operations/read-happenings.ts'
import { readMany, type StoredDetails } from './operations/read-many.ts'
import {
  type FileLocation,
  firstInstance,
  getResource,
  hasBlob,
  hasInstance,
  listDescendants,
  listResources,
  locateFile,
  readStatistics,
  type StoredResource,
} from './operations/read-resources.ts'
import { readSeriesIndexes } from './operations/read-series-indexes.ts'
import { listRemovals } from './operations/removals.ts'
import type { NewTags } from './operations/replace-tags.ts'
import { addStatistics, readResourceStatistics } from './operations/resource-statistics.ts'
import { oldestUnstable, type QuietPeriod } from './operations/stability.ts'
import {
  type NewInstance,
  type StoreOutcome,
  type StoreRequest,
  storeRequest,
  wholeRequest,
} from './operations/store-instance.ts'
import { type MetadataChange, readMetadataRevision } from './operations/user-metadata.ts'
import { CatalogSearch } from './search/catalog-search.ts'
import { lockStorage, openForReading } from './sqlite/database.ts'
import { Reserve } from './sqlite/reserve.ts'
import { Session } from './sqlite/session.ts'
import { Writer } from './sqlite/writer.ts'

export interface CatalogOptions {
  /** Undefined: no limit. */
  readonly capacity?: Capacity | undefined
  /** Called when room was made for an instance, and blobs have to be removed. */
  readonly onRecycle?: () => void
  /** The most instances that are deleted in one transaction: others write in between. */
  readonly slice?: number
}

/** Writers wait for that many for less than a tenth of a second. */
const usualSlice = 4000

/**
 * The index of all that is stored. Reads see every write that was answered before; writes are answered when they
 * survive a power loss. Errors: `Database`, `DatabaseUnavailable`, `FullStorage`.
 */
export class Catalog {
  readonly #writer: Writer
  readonly #reads: Session
  readonly #lock: { release(): void }
  readonly #reserve: Reserve
  readonly #options: CatalogOptions
  readonly #deletions = new Exclusive()
  #isSettled: boolean

  /** Reads for searches. */
  readonly search: CatalogSearch

  /** Reads for archives. */
  readonly archives: CatalogArchives

  readonly jobs: CatalogJobs

  private constructor(
    writer: Writer,
    reads: Session,
    lock: { release(): void },
    reserve: Reserve,
    options: CatalogOptions,
  ) {
    this.#writer = writer
    this.#reads = reads
    this.search = new CatalogSearch(reads)
    this.archives = new CatalogArchives(reads)
    this.jobs = new CatalogJobs(writer, reads)
    this.#lock = lock
    this.#reserve = reserve
    this.#options = options
    this.#isSettled = writer.wasSettled
  }

  /** `folder` is made when missing, and held for this process until `close`. */
  static async open(folder: string, options: CatalogOptions = {}): Promise<Catalog> {
    await mkdir(folder, { recursive: true })
    const lock = lockStorage(join(folder, 'lock.sqlite'))
    try {
      const path = join(folder, 'catalog.sqlite')
      const writer = await Writer.open(path)
      return new Catalog(
        writer,
        new Session(openForReading(path)),
        lock,
        new Reserve(join(folder, 'catalog.reserve')),
        options,
      )
    } catch (error) {
      lock.release()
      throw error
    }
  }

  /**
   * Whether the catalog is known to tell all that the storage holds. A new one is not: the storage may be older, and
   * its catalog lost.
   */
  get isSettled(): boolean {
    return this.#isSettled
  }

  async settle(): Promise<void> {
    await this.#writer.run('settle', undefined)
    this.#isSettled = true
  }

  /** Errors: `FullStorage` also when the capacity leaves no room. */
  async storeInstance(instance: NewInstance, synced?: Promise<void>): Promise<'Success' | 'AlreadyStored'> {
    const { capacity, onRecycle, slice = usualSlice } = this.#options
    const admission = capacity === undefined ? undefined : { capacity, slice }
    // What is replaced may be the last of its series, which goes with it.
    let request = instance.overwrite ? wholeRequest(instance, admission) : storeRequest(instance, admission)
    for (;;) {
      const outcome = await this.#store(request, synced)
      if (outcome === 'Success' || outcome === 'AlreadyStored') return outcome
      if (outcome === 'Full') throw new DomainError('FullStorage', 'The limits of the storage are reached')
      if (outcome === 'NoSeries') {
        request = wholeRequest(instance, admission)
        continue
      }
      if (typeof outcome === 'object') await this.#recycle(outcome.patient, outcome.turn)
      onRecycle?.()
      if (outcome === 'Recycled') return 'Success'
    }
  }

  /** What takes room already is let in without regard to the capacity. */
  async adoptInstance(instance: NewInstance): Promise<'Success' | 'AlreadyStored'> {
    return (await this.#store(wholeRequest(instance))) === 'AlreadyStored' ? 'AlreadyStored' : 'Success'
  }

  /** What is being deleted gets nothing new, for that would go as well. */
  async #store(request: StoreRequest, synced?: Promise<void>): Promise<StoreOutcome> {
    const ids = Object.values(request.ids)
    while (this.#deletions.isRunning(ids)) await this.#deletions.settled(ids)
    return synced === undefined
      ? this.#writer.run('storeInstance', request)
      : this.#writer.runWhen(synced, 'storeInstance', request)
  }

  /**
   * Undefined for an unknown resource. The blobs become removals. What is large goes in slices, and `finishDeletions`
   * completes what a process left undone.
   */
  deleteResource(resource: ResourceName): Promise<Deletion | undefined> {
    return this.#deletions.run(resource.id, () => this.#deleteInSlices(resource))
  }

  #recycle(id: string, turn: number): Promise<Deletion | undefined> {
    return this.#deletions.run(id, () => this.#deleteInSlices({ level: 'Patient', id }, turn))
  }

  /** To be called before anything is stored. */
  async finishDeletions(): Promise<void> {
    for (const resource of listDeletions(this.#reads)) await this.deleteResource(resource)
  }

  async #deleteInSlices({ level, id }: ResourceName, ifTurn?: number): Promise<Deletion | undefined> {
    const request = { level, id, limit: this.#options.slice ?? usualSlice }
    let outcome = await this.#deleteSlice(ifTurn === undefined ? request : { ...request, ifTurn })
    while (outcome === 'Unfinished') outcome = await this.#deleteSlice(request)
    return outcome
  }

  /** On a full disk the reserve pays for it. */
  async #deleteSlice(request: SliceRequest): Promise<Deletion | 'Unfinished' | undefined> {
    for (;;) {
      try {
        return await this.#writer.run('deleteSlice', request)
      } catch (error) {
        const isFull = error instanceof DomainError && error.code === 'FullStorage'
        if (!isFull || !(await this.#reserve.giveUp())) throw error
      }
    }
  }

  setProtected(id: string, isProtected: boolean): Promise<boolean> {
    return this.#writer.run('setProtected', { id, isProtected })
  }

  /** False for an unknown resource. */
  setLabel(labelling: Labelling): Promise<boolean> {
    return this.#writer.run('setLabel', labelling)
  }

  setMetadata(change: MetadataChange): Promise<WriteOutcome> {
    return this.#writer.run('setMetadata', change)
  }

  /** The blob has to be synced. The one that was there becomes a removal. */
  setAttachment(attachment: NewAttachment): Promise<WriteOutcome> {
    return this.#writer.run('setAttachment', attachment)
  }

  /** The blob becomes a removal. */
  deleteAttachment(attachment: UnwantedAttachment): Promise<WriteOutcome> {
    return this.#writer.run('deleteAttachment', attachment)
  }

  async replaceTags(all: readonly NewTags[]): Promise<void> {
    await this.#writer.run('replaceTags', all)
  }

  /** Undefined for an unknown resource. */
  async labels(level: Level, id: string): Promise<readonly string[] | undefined> {
    return listLabels(this.#reads, level, id)
  }

  async allLabels(): Promise<readonly string[]> {
    return listAllLabels(this.#reads)
  }

  /** Gives the number of changes: when it is the limit there may be more. */
  recordStable(quiet: QuietPeriod): Promise<number> {
    return this.#writer.run('recordStable', quiet)
  }

  async oldestUnstable(): Promise<string | undefined> {
    return oldestUnstable(this.#reads)
  }

  /** By number; undefined for an unknown resource. */
  async attachments(level: Level, id: string): Promise<readonly Attachment[] | undefined> {
    return listAttachments(this.#reads, level, id)
  }

  async attachment(name: AttachmentName): Promise<Attachment | undefined> {
    return getAttachment(this.#reads, name)
  }

  async metadataRevision(level: Level, id: string, number: number): Promise<number> {
    return readMetadataRevision(this.#reads, level, id, number)
  }

  async clearChanges(): Promise<void> {
    await this.#writer.run('clearChanges', undefined)
  }

  async recordExport(sent: NewExport): Promise<void> {
    await this.#writer.run('recordExport', sent)
  }

  async clearExports(): Promise<void> {
    await this.#writer.run('clearExports', undefined)
  }

  /** Without `since`, the newest one alone. */
  async exports(page: { readonly since: number | undefined; readonly limit: number }): Promise<ExportPage> {
    return readExports(this.#reads, page)
  }

  async forgetRemovals(keys: readonly string[]): Promise<void> {
    await this.#writer.run('forgetRemovals', keys)
  }

  async listRemovals(limit: number): Promise<readonly string[]> {
    return listRemovals(this.#reads, limit)
  }

  /**
   * Another one after each committed write: what was read before may be used as long as this stays the same. Undefined
   * while a write is being committed.
   */
  version(): number | undefined {
    return this.#writer.version()
  }

  async get(level: Level, id: string): Promise<StoredResource | undefined> {
    return getResource(this.#reads, level, id)
  }

  /** At most `resourcesPerPage` ids. */
  async readMany(
    level: Level,
    ids: readonly string[],
    options: { readonly children: boolean },
  ): Promise<readonly StoredDetails[]> {
    return readMany(this.#reads, level, ids, options)
  }

  async locateFile(id: string): Promise<FileLocation | undefined> {
    return locateFile(this.#reads, id)
  }

  async hasInstance(id: string): Promise<boolean> {
    return hasInstance(this.#reads, id)
  }

  async hasBlob(key: string): Promise<boolean> {
    return hasBlob(this.#reads, key)
  }

  async list(level: Level, page: { since: number; limit: number }): Promise<readonly string[]> {
    return listResources(this.#reads, level, page)
  }

  async descendants(level: Level, id: string, of: Level): Promise<readonly string[] | undefined> {
    return listDescendants(this.#reads, level, id, of)
  }

  /** An instance that the resource is, or has below it; undefined for an unknown resource. */
  async firstInstance(level: Level, id: string): Promise<string | undefined> {
    return firstInstance(this.#reads, level, id)
  }

  /** Adds up in short steps; others have their turn between them. */
  async resourceStatistics(level: Level, id: string): Promise<ResourceStatistics | undefined> {
    let total: ResourceStatistics | undefined
    for (const part of readResourceStatistics(this.#reads, level, id) ?? []) {
      if (total !== undefined && part.instances > 0) await setImmediate()
      total = total === undefined ? part : addStatistics(total, part)
    }
    return total
  }

  async seriesIndexes(id: string): Promise<readonly (string | undefined)[]> {
    return readSeriesIndexes(this.#reads, id)
  }

  async statistics(): Promise<Statistics> {
    return readStatistics(this.#reads)
  }

  async changes(query: ChangeQuery): Promise<ChangePage> {
    return readChanges(this.#reads, query)
  }

  /** The changes, and what became of jobs. */
  async happenings(page: { readonly since: number; readonly limit: number }): Promise<HappeningPage> {
    return readHappenings(this.#reads, page)
  }

  async lastSequence(): Promise<number> {
    return lastSequence(this.#reads)
  }

  async recordDelivery(record: DeliveryRecord): Promise<void> {
    await this.#writer.run('recordDelivery', record)
  }

  async deliveryState(hook: string): Promise<DeliveryState | undefined> {
    return readDeliveryState(this.#reads, hook)
  }

  async deliveries(query: DeliveryQuery): Promise<DeliveryPage> {
    return listDeliveries(this.#reads, query)
  }

  async files(after: string | undefined, limit: number): Promise<readonly CatalogFile[]> {
    return listFiles(this.#reads, after, limit)
  }

  async close(): Promise<void> {
    await this.#reserve.close()
    // The last connection to close removes the write-ahead log, which takes one that may write.
    this.#reads.close()
    await this.#writer.close()
    this.#lock.release()
  }
}
