import { createHash, type Hash, hash } from 'node:crypto'

/** The digest of a blob that passes through one buffer, piece by piece. */
export interface PieceDigest {
  /** The buffer's bytes of [start, end), which must stay as they are until `settled`. */
  add(start: number, end: number, last: boolean): void
  settled(): Promise<void>
  /** Hexadecimal; after the last piece. */
  result(): Promise<string>
}

/** Computed on the spot. */
export class LocalDigest implements PieceDigest {
  readonly #buffer: Uint8Array
  #hash: Hash | undefined
  #result = ''

  constructor(buffer: Uint8Array) {
    this.#buffer = buffer
  }

  add(start: number, end: number, last: boolean): void {
    const piece = this.#buffer.subarray(start, end)
    // Most are of one piece, which costs less without an object.
    if (last && this.#hash === undefined) this.#result = hash('md5', piece, 'hex')
    else {
      this.#hash ??= createHash('md5')
      this.#hash.update(piece)
      if (last) this.#result = this.#hash.digest('hex')
    }
  }

  async settled(): Promise<void> {}

  async result(): Promise<string> {
    return this.#result
  }
}
