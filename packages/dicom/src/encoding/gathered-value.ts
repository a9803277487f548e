/** Smallest buffer worth having; lengths are not believed before their bytes are there. */
const firstBytes = 4096

/** A value that arrives in several pieces: the buffer doubles, so each byte is copied a bounded number of times. */
export class GatheredValue {
  readonly #length: number
  #bytes: Uint8Array
  #filled = 0

  constructor(length: number) {
    this.#length = length
    this.#bytes = new Uint8Array(Math.min(length, firstBytes))
  }

  /** Takes what it needs from `piece`, from `start` on; returns the end of what it took. */
  add(piece: Uint8Array, start: number): number {
    const end = Math.min(piece.length, start + this.#length - this.#filled)
    const filled = this.#filled + end - start
    if (filled > this.#bytes.length) this.#grow(filled)
    this.#bytes.set(piece.subarray(start, end), this.#filled)
    this.#filled = filled
    return end
  }

  /** The whole value, once it is there. */
  get complete(): Uint8Array | undefined {
    return this.#filled === this.#length ? this.#bytes : undefined
  }

  #grow(needed: number): void {
    const bytes = new Uint8Array(Math.min(this.#length, Math.max(needed, 2 * this.#bytes.length)))
    bytes.set(this.#bytes.subarray(0, this.#filled))
    this.#bytes = bytes
  }
}
