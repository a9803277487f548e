/** Counts associations being served; those beyond the limit wait their turn, up to a number. */
export class AssociationSlots {
  readonly #limit: number
  readonly #maxWaiting: number
  readonly #waiting: (() => void)[] = []
  #taken = 0

  constructor(limit: number, maxWaiting: number) {
    this.#limit = limit
    this.#maxWaiting = maxWaiting
  }

  get taken(): number {
    return this.#taken
  }

  /** Resolves with true once a slot is taken, with false at once if too many wait already. */
  take(): Promise<boolean> {
    if (this.#taken < this.#limit) {
      this.#taken += 1
      return Promise.resolve(true)
    }
    if (this.#waiting.length >= this.#maxWaiting) return Promise.resolve(false)
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(true))
    })
  }

  /** Gives a taken slot to whoever has waited longest. */
  release(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#taken -= 1
  }
}
