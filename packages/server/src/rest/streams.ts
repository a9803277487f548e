import type { ServerResponse } from 'node:http'

/** The answers that have no end of their own: counted, and ended together. */
export class Streams {
  readonly #most: number
  readonly #open = new Set<AbortController>()
  #isOver = false

  constructor(most: number) {
    this.#most = most
  }

  /** The signal to end, given when the client leaves and when all end; undefined when there are as many as may be. */
  add(response: ServerResponse): AbortSignal | undefined {
    if (this.#open.size >= this.#most) return undefined
    const controller = new AbortController()
    if (this.#isOver || response.destroyed) controller.abort()
    else {
      this.#open.add(controller)
      response.once('close', () => {
        this.#open.delete(controller)
        controller.abort()
      })
    }
    return controller.signal
  }

  /** Those that come later end at once. */
  end(): void {
    this.#isOver = true
    for (const controller of this.#open) controller.abort()
  }
}
