import { createHash } from 'node:crypto'

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
  readonly #hash = createHash('md5')

  constructor(buffer: Uint8Array) {
    this.#buffer = buffer
  }

  add(start: number, end: number): void {
    this.#hash.update(this.#buffer.subarray(start, end))
  }

  async settled(): Promise<void> {}

  async result(): Promise<string> {
    return this.#hash.digest('hex')
  }
}
