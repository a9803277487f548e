import type { Catalog } from '../catalog/catalog.ts'
import { type Clock, formatDate } from '../model/clock.ts'
import type { ExportPage, NewExport } from '../model/export.ts'

/** The log of what was sent to others. */
export class Exports {
  readonly #catalog: Catalog
  readonly #clock: Clock

  constructor(catalog: Catalog, clock: Clock) {
    this.#catalog = catalog
    this.#clock = clock
  }

  record(sent: Omit<NewExport, 'date'>): Promise<void> {
    return this.#catalog.recordExport({ ...sent, date: formatDate(this.#clock()) })
  }

  /** Ascending; `since` is exclusive. */
  read(since: number, limit: number): Promise<ExportPage> {
    return this.#catalog.exports({ since, limit })
  }

  /** The newest one alone. */
  readLast(): Promise<ExportPage> {
    return this.#catalog.exports({ since: undefined, limit: 1 })
  }

  /** Forgets the rows, never the sequence. */
  clear(): Promise<void> {
    return this.#catalog.clearExports()
  }
}
