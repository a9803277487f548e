/** Series that are remembered. */
const usualCount = 1024

/**
 * Remembers of which series the last instance was a new one: the next one most likely is, too, and need not be looked
 * for before it is stored. The commit tells in any case.
 */
export class RecentSeries {
  readonly #count: number
  /** By id, those that were used last at the end. */
  readonly #growing = new Set<string>()

  constructor(count = usualCount) {
    this.#count = count
  }

  isGrowing(series: string): boolean {
    return this.#growing.has(series)
  }

  /** An instance of that series came, which was new or there already. */
  note(series: string, isNew: boolean): void {
    this.#growing.delete(series)
    if (!isNew) return
    this.#growing.add(series)
    for (const oldest of this.#growing) {
      if (this.#growing.size <= this.#count) return
      this.#growing.delete(oldest)
    }
  }
}
