/** Work on resources, by id, that other work on them waits for. */
export class Exclusive {
  readonly #running = new Map<string, Promise<unknown>>()

  /** Runs `work` after all other work on that id. */
  async run<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    while (this.isRunning([id])) await this.settled([id])
    const running = work()
    this.#running.set(id, running)
    try {
      return await running
    } finally {
      this.#running.delete(id)
    }
  }

  isRunning(ids: readonly string[]): boolean {
    return this.#running.size > 0 && ids.some((id) => this.#running.has(id))
  }

  /** Resolves when what runs now is done. Ask again: by then something else may have begun. */
  async settled(ids: readonly string[]): Promise<void> {
    await Promise.allSettled(ids.flatMap((id) => this.#running.get(id) ?? []))
  }
}
