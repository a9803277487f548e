/** Wakes one who waits. A ring that nobody waits for is remembered until `hush`. */
export class Bell {
  #rung = false
  #wake: (() => void) | undefined

  readonly ring = (): void => {
    this.#rung = true
    this.#wake?.()
  }

  hush(): void {
    this.#rung = false
  }

  /** Resolves when it rings, at once when it has rung, and after so many milliseconds at the latest. */
  async wait(milliseconds: number): Promise<void> {
    if (this.#rung) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    const timer = Number.isFinite(milliseconds) ? setTimeout(resolve, milliseconds) : undefined
    await promise
    clearTimeout(timer)
    this.#wake = undefined
  }
}
