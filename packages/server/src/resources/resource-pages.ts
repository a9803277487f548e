import { setImmediate } from 'node:timers/promises'
import type { Catalog } from '../catalog/catalog.ts'
import { resourcesPerPage, type StoredDetails } from '../catalog/operations/read-many.ts'
import { seriesStatus } from '../catalog/operations/series-status.ts'
import type { Level } from '../model/level.ts'
import { systemMetadata } from '../model/metadata.ts'
import type { ResourceDetails } from './resources.ts'

export interface LabelledResource extends ResourceDetails {
  readonly labels: readonly string[]
}

export interface ResourcePagesDependencies {
  readonly catalog: Catalog
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
      yield await Promise.all(page.map((stored) => this.#detail(stored)))
    }
  }

  async #detail(details: StoredDetails): Promise<LabelledResource> {
    const expected = details.metadata[systemMetadata.ExpectedNumberOfInstances]
    if (details.level !== 'Series' || expected === undefined) return details
    const indexes = await this.#with.catalog.seriesIndexes(details.id)
    const expectedInstances = Number(expected)
    return { ...details, expectedInstances, status: seriesStatus(expectedInstances, indexes) }
  }
}
