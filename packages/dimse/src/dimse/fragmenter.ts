/** One fragment to be sent as a PDV. */
export interface Fragment {
  /** Together the data of the PDV; `length` bytes. */
  readonly pieces: readonly Uint8Array[]
  readonly length: number
  readonly isLast: boolean
}

/**
 * Cuts a stream of chunks into fragments of exactly `maxLength` bytes, save the last (PS3.8 Annex E). A full fragment
 * is held back until more bytes come, because the last one must say so.
 */
export class Fragmenter {
  readonly #maxLength: number
  #pieces: Uint8Array[] = []
  #length = 0

  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  *push(chunk: Uint8Array): Generator<Fragment> {
    let rest = chunk
    while (rest.length > 0) {
      if (this.#length === this.#maxLength) yield this.#take(false)
      const piece = rest.subarray(0, this.#maxLength - this.#length)
      this.#pieces.push(piece)
      this.#length += piece.length
      rest = rest.subarray(piece.length)
    }
  }

  /** The last fragment, empty only if the stream was. */
  end(): Fragment {
    return this.#take(true)
  }

  #take(isLast: boolean): Fragment {
    const fragment = { pieces: this.#pieces, length: this.#length, isLast }
    this.#pieces = []
    this.#length = 0
    return fragment
  }
}
