/** Bytes that all archives together have read ahead of their receivers, who may be many and slow. */
export class ReadAhead {
  readonly #most: number
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Who has read nothing ahead need not ask: otherwise the slow ones would stop all others. */
  get hasRoom(): boolean {
    return this.#bytes < this.#most
  }

  take(bytes: number): void {
    this.#bytes += bytes
  }

  give(bytes: number): void {
    this.#bytes -= bytes
  }
}
