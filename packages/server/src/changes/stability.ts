import type { Catalog } from '../catalog/catalog.ts'
import { type Clock, formatDate, parseDate } from '../model/clock.ts'
import type { Changes } from './changes.ts'

export interface StabilityDependencies {
  readonly catalog: Catalog
  readonly changes: Changes
  readonly clock: Clock
  /** Seconds without a new instance after which a resource is stable. */
  readonly stableAge: number
  /** Called with what the catalog throws; it is tried again a little later. */
  readonly onError: (error: unknown) => void
  /** Resources that become stable in one transaction; others write in between. */
  readonly perPage?: number
}

/** Milliseconds; a timer takes no more (developer.mozilla.org/docs/Web/API/Window/setTimeout). */
const longestDelay = 2 ** 31 - 1

/** Milliseconds that a start waits for what became stable before. */
const startPatience = 500

/** Milliseconds after which what failed is tried again. */
const retryDelay = 5000

/** `LastUpdate` has whole seconds, cut off: this much later a whole period has passed, whatever was cut. */
const cutOff = 1000

/**
 * Tells the feed what has become stable. What is unstable is known to the catalog alone, so nothing is forgotten when
 * the program ends; here is one timer, for whatever is due next.
 */
export class Stability {
  readonly #with: StabilityDependencies
  readonly #unsubscribe: () => void
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isStopped = false

  constructor(dependencies: StabilityDependencies) {
    this.#with = dependencies
    // What arrives now is not due before anything that waits already.
    this.#unsubscribe = dependencies.changes.onNudge(() => {
      if (this.#timer === undefined && this.#running === undefined) this.#wait(this.#period)
    })
  }

  /** Resolves when everything that is due by now is in the feed; the next thing that becomes due is waited for. */
  check(): Promise<void> {
    this.#running ??= this.#check().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /**
   * `check` for a start: what became stable while nobody watched should be told before anything new arrives, but after
   * an import that may be so much that the start does not wait for all of it. Resolves after `patience` milliseconds at
   * the most, and goes on.
   */
  async begin(patience: number = startPatience): Promise<void> {
    const { promise: isOver, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, patience)
    await Promise.race([this.check(), isOver])
    clearTimeout(timer)
  }

  /** Resolves when the catalog is not needed any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#unsubscribe()
    clearTimeout(this.#timer)
    await this.#running
  }

  get #period(): number {
    return this.#with.stableAge * 1000 + cutOff
  }

  async #check(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    try {
      for (;;) {
        const oldest = await this.#with.catalog.oldestUnstable()
        if (oldest === undefined || this.#isStopped) return
        const delay = parseDate(oldest) + this.#period - this.#with.clock()
        if (delay > 0) return this.#wait(delay)
        await this.#recordPage()
      }
    } catch (error) {
      this.#with.onError(error)
      this.#wait(retryDelay)
    }
  }

  async #recordPage(): Promise<void> {
    const { catalog, changes, clock, perPage = 500 } = this.#with
    const now = clock()
    const until = formatDate(now - this.#period)
    await catalog.recordStable({ until, date: formatDate(now), limit: perPage })
    changes.nudge()
  }

  #wait(milliseconds: number): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => void this.check(), Math.min(milliseconds, longestDelay)).unref()
  }
}
