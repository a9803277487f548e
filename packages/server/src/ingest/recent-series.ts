import { RecentCache } from '../model/recent-cache.ts'

/** Series that are remembered. */
const usualCount = 1024

/**
 * Remembers of which series the last instance was a new one: the next one most likely is, too, and need not be looked
 * for before it is stored. The commit tells in any case.
 */
export class RecentSeries {
  /** By id; each counts as one. */
  readonly #growing: RecentCache<true>

  constructor(count = usualCount) {
    this.#growing = new RecentCache(count)
  }

  isGrowing(series: string): boolean {
    return this.#growing.get(series) === true
  }

  /** An instance of that series came, which was new or there already. */
  note(series: string, isNew: boolean): void {
    if (isNew) this.#growing.set(series, true, 1)
    else this.#growing.delete(series)
  }
}
