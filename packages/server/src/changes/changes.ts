import type { Catalog } from '../catalog/catalog.ts'
import type { ChangePage, ChangeType, HappeningPage } from '../model/change.ts'

export interface ChangeQuery {
  /** Sequence number after which to start. */
  readonly since?: number
  /** Last sequence number wanted; without `since`, the newest ones up to it. */
  readonly to?: number
  readonly types?: readonly ChangeType[]
  readonly limit: number
}

/** The append-only feed of what happened. Readers keep a cursor of their own: the last sequence number seen. */
export class Changes {
  readonly #catalog: Catalog
  readonly #listeners = new Set<() => void>()

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  read(query: ChangeQuery): Promise<ChangePage> {
    return this.#catalog.changes(query)
  }

  /** The whole feed: changes, and what became of jobs. */
  happenings(page: { readonly since: number; readonly limit: number }): Promise<HappeningPage> {
    return this.#catalog.happenings(page)
  }

  /** The newest change alone. */
  readLast(): Promise<ChangePage> {
    return this.#catalog.changes({ to: Number.MAX_SAFE_INTEGER, limit: 1 })
  }

  /** Forgets the rows, never the sequence. */
  clear(): Promise<void> {
    return this.#catalog.clearChanges()
  }

  /** Called by whoever committed changes: readers that wait look again. */
  nudge(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Calls back after each commit; the result unsubscribes. */
  onNudge(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
