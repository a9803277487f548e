import type { BlobStore } from '../blobs/blob-store.ts'
import type { Catalog } from '../catalog/catalog.ts'

/**
 * Blobs that are removed together, and leave the catalog in one transaction. Each of their ids may lie on a page of its
 * own: with more of them whoever stores meanwhile would wait for longer.
 */
const batchSize = 64

/** Removes, in the background, the blobs that the catalog no longer refers to. */
export class Reclaimer {
  readonly #blobs: BlobStore
  readonly #catalog: Catalog
  readonly #onError: (error: unknown) => void
  #running: Promise<void> | undefined
  #again = false
  /** Who reads each. */
  readonly #held = new Map<string, number>()

  constructor(blobs: BlobStore, catalog: Catalog, onError: (error: unknown) => void) {
    this.#blobs = blobs
    this.#catalog = catalog
    this.#onError = onError
  }

  /** There may be something to remove. What fails stays listed, and is tried again at the next wake. */
  wake(): void {
    if (this.#running !== undefined) {
      this.#again = true
      return
    }
    this.#again = false
    this.#running = this.#run()
      .catch(this.#onError)
      .finally(() => {
        this.#running = undefined
        if (this.#again) this.wake()
      })
  }

  /** These stay until the result is called, though the catalog may need them no longer: somebody reads them. */
  hold(keys: readonly string[]): () => void {
    for (const key of keys) this.#held.set(key, (this.#held.get(key) ?? 0) + 1)
    return () => {
      for (const key of keys) {
        const others = (this.#held.get(key) ?? 1) - 1
        if (others > 0) this.#held.set(key, others)
        else this.#held.delete(key)
      }
      this.wake()
    }
  }

  /** Resolves when nothing is being removed. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #run(): Promise<void> {
    for (;;) {
      const listed = await this.#catalog.listRemovals(batchSize + this.#held.size)
      const keys = listed.filter((key) => !this.#held.has(key))
      if (keys.length === 0) return
      await Promise.all(keys.map((key) => this.#blobs.remove(key)))
      await this.#catalog.forgetRemovals(keys)
    }
  }
}
