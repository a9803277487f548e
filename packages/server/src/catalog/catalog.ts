import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChangePage } from '../model/change.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Level } from '../model/level.ts'
import type { Statistics } from '../model/resource.ts'
import type { DeliveryPage, DeliveryState } from '../model/webhook.ts'
import type { Deletion, ResourceName } from './operations/delete-resource.ts'
import {
  type DeliveryQuery,
  type DeliveryRecord,
  listDeliveries,
  readDeliveryState,
} from './operations/deliveries.ts'
import { type ChangeQuery, lastSequence, readChanges } from './operations/read-changes.ts'
import {
  type FileLocation,
  getResource,
  hasBlob,
  hasInstance,
  listDescendants,
  listFiles,
  listResources,
  locateFile,
  readStatistics,
  readVersion,
  type StoredResource,
} from './operations/read-resources.ts'
import { readSeriesIndexes } from './operations/read-series-indexes.ts'
import { listRemovals } from './operations/removals.ts'
import type { NewInstance } from './operations/store-instance.ts'
import { lockStorage, openForReading } from './sqlite/database.ts'
import { Reserve } from './sqlite/reserve.ts'
import { Session } from './sqlite/session.ts'
import { Writer } from './sqlite/writer.ts'

export type CatalogFile = ReturnType<typeof listFiles>[number]

/**
 * The index of all that is stored. Reads see every write that was answered before; writes are answered when they
 * survive a power loss. Errors: `Database`, `DatabaseUnavailable`, `FullStorage`.
 */
export class Catalog {
  readonly #writer: Writer
  readonly #reads: Session
  readonly #lock: { release(): void }
  readonly #reserve: Reserve
  #isSettled: boolean

  private constructor(writer: Writer, reads: Session, lock: { release(): void }, reserve: Reserve) {
    this.#writer = writer
    this.#reads = reads
    this.#lock = lock
    this.#reserve = reserve
    this.#isSettled = writer.wasSettled
  }

  /** `folder` is made when missing, and held for this process until `close`. */
  static async open(folder: string): Promise<Catalog> {
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

  storeInstance(instance: NewInstance): Promise<'Success' | 'AlreadyStored'> {
    return this.#writer.run('storeInstance', instance)
  }

  /** Undefined for an unknown resource. The blobs become removals. On a full disk the reserve pays for it. */
  async deleteResource(resource: ResourceName): Promise<Deletion | undefined> {
    for (;;) {
      try {
        return await this.#writer.run('deleteResource', resource)
      } catch (error) {
        const isFull = error instanceof DomainError && error.code === 'FullStorage'
        if (!isFull || !(await this.#reserve.giveUp())) throw error
      }
    }
  }

  setProtected(id: string, isProtected: boolean): Promise<boolean> {
    return this.#writer.run('setProtected', { id, isProtected })
  }

  async clearChanges(): Promise<void> {
    await this.#writer.run('clearChanges', undefined)
  }

  async forgetRemovals(keys: readonly string[]): Promise<void> {
    await this.#writer.run('forgetRemovals', keys)
  }

  async listRemovals(limit: number): Promise<readonly string[]> {
    return listRemovals(this.#reads, limit)
  }

  /** Another one after each committed write: what was read before may be used as long as this stays the same. */
  version(): number {
    return readVersion(this.#reads)
  }

  async get(level: Level, id: string): Promise<StoredResource | undefined> {
    return getResource(this.#reads, level, id)
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

  async seriesIndexes(id: string): Promise<readonly (string | undefined)[]> {
    return readSeriesIndexes(this.#reads, id)
  }

  async statistics(): Promise<Statistics> {
    return readStatistics(this.#reads)
  }

  async changes(query: ChangeQuery): Promise<ChangePage> {
    return readChanges(this.#reads, query)
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
