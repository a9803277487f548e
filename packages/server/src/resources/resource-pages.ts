import { setImmediate } from 'node:timers/promises'
import type { Catalog } from '../catalog/catalog.ts'
import { resourcesPerPage, type StoredDetails } from '../catalog/operations/read-many.ts'
import { seriesStatus } from '../catalog/operations/series-status.ts'
import { type Clock, parseDate } from '../model/clock.ts'
import type { Level } from '../model/level.ts'
import { systemMetadata } from '../model/metadata.ts'
import type { ResourceDetails } from './resources.ts'

export interface LabelledResource extends ResourceDetails {
  readonly labels: readonly string[]
}

export interface ResourcePagesDependencies {
  readonly catalog: Catalog
  readonly clock: Clock
  /** Seconds without news after which a resource is stable. */
  readonly stableAge: number
}

/** Many resources with all that is told of them: a few statements for each page, where `Resources.get` takes some for each. */
export class ResourcePages {
  readonly #with: ResourcePagesDependencies

  constructor(dependencies: ResourcePagesDependencies) {
    this.#with = dependencies
  }

  /** In the order asked for; unknown ids are left out. `childIds` are empty unless asked for. */
  async *read(
    level: Level,
    ids: readonly string[],
    options: { readonly children: boolean } = { children: true },
  ): AsyncGenerator<readonly LabelledResource[]> {
    for (let start = 0; start < ids.length; start += resourcesPerPage) {
      // Whoever else waits has its turn between pages.
      if (start > 0) await setImmediate()
      const page = await this.#with.catalog.readMany(
        level,
        ids.slice(start, start + resourcesPerPage),
        options,
      )
      const now = this.#with.clock()
      yield await Promise.all(page.map((stored) => this.#detail(stored, now)))
    }
  }

  async #detail(stored: StoredDetails, now: number): Promise<LabelledResource> {
    const { lastUpdate } = stored
    const isStable = lastUpdate === undefined || now - parseDate(lastUpdate) >= this.#with.stableAge * 1000
    const details: LabelledResource = { ...stored, isStable }
    const expected = stored.metadata[systemMetadata.ExpectedNumberOfInstances]
    if (stored.level !== 'Series' || expected === undefined) return details
    const indexes = await this.#with.catalog.seriesIndexes(stored.id)
    const expectedInstances = Number(expected)
    return { ...details, expectedInstances, status: seriesStatus(expectedInstances, indexes) }
  }
}
