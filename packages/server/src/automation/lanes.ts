/** Runs what has the same key one after the other. Tasks never reject. */
export class Lanes {
  readonly #ends = new Map<string, Promise<void>>()

  run(key: string, task: () => Promise<void>): void {
    const before = this.#ends.get(key)
    const end = (before === undefined ? task() : before.then(task)).then(() => {
      if (this.#ends.get(key) === end) this.#ends.delete(key)
    })
    this.#ends.set(key, end)
  }

  /** Resolves when all that was begun until now is done. */
  async idle(): Promise<void> {
    await Promise.all(this.#ends.values())
  }
}

/** At most so many tasks at the same time; the others wait for their turn. */
export class Slots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async use<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
