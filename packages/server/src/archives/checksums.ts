/** CRC-32 of files that were read lately, by the keys of their blobs: a blob never changes. */
export class Checksums {
  readonly #most: number
  readonly #known = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  get(blobKey: string): number | undefined {
    return this.#known.get(blobKey)
  }

  set(blobKey: string, crc: number): void {
    this.#known.set(blobKey, crc)
    if (this.#known.size <= this.#most) return
    // The oldest: a Map keeps the order of arrival.
    const { value } = this.#known.keys().next()
    if (value !== undefined) this.#known.delete(value)
  }
}
