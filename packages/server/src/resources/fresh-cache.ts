import { RecentCache } from '../model/recent-cache.ts'

export interface FreshCacheOptions<Value> {
  /** What is different after each change of what is cached. Undefined while that is changing. */
  readonly version: () => number | undefined
  /** Bytes. */
  readonly budget: number
  /** What a value holds in memory, in bytes. */
  readonly sizeOf: (value: Value) => number
}

/** Keeps what was read until something changes: looking whether it did takes less time than reading it again. */
export class FreshCache<Value> {
  readonly #options: FreshCacheOptions<Value>
  readonly #entries: RecentCache<Value>
  #version: number | undefined

  constructor(options: FreshCacheOptions<Value>) {
    this.#options = options
    this.#entries = new RecentCache(options.budget)
  }

  async read(key: string, load: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const version = this.#options.version()
    if (version === undefined) return load()
    if (version !== this.#version) this.#entries.clear()
    this.#version = version
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const value = await load()
    // While this one waited, another reader may have seen a change that its value lacks.
    if (value !== undefined && this.#version === version) {
      this.#entries.set(key, value, this.#options.sizeOf(value))
    }
    return value
  }
}
