/** Bytes taken bit by bit from the low end (RFC 1951 3.1.1). What was taken can be given back. */
export class BitInput {
  #bytes: Uint8Array = new Uint8Array(0)
  /** In bits. */
  #position = 0

  get position(): number {
    return this.#position
  }

  /** Goes back to an earlier position. */
  restore(position: number): void {
    this.#position = position
  }

  /** Appends bytes; positions start anew with the first byte that is not used up. */
  append(piece: Uint8Array): void {
    const used = this.#position >>> 3
    if (used === this.#bytes.length) this.#bytes = piece
    else {
      const bytes = new Uint8Array(this.#bytes.length - used + piece.length)
      bytes.set(this.#bytes.subarray(used))
      bytes.set(piece, this.#bytes.length - used)
      this.#bytes = bytes
    }
    this.#position &= 7
  }

  has(bits: number): boolean {
    return this.#position + bits <= this.#bytes.length * 8
  }

  /** The next 24 bits at least, zeros where there are no more bytes. */
  peek(): number {
    const bytes = this.#bytes
    const at = this.#position >>> 3
    const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
    return (low | ((bytes[at + 3] ?? 0) << 24)) >>> (this.#position & 7)
  }

  drop(bits: number): void {
    this.#position += bits
  }

  /** At most 16 bits, which must be there. */
  take(bits: number): number {
    const value = this.peek() & ((1 << bits) - 1)
    this.#position += bits
    return value
  }

  alignToByte(): void {
    this.#position = (this.#position + 7) & ~7
  }

  /** Up to `count` whole bytes from an aligned position. */
  takeBytes(count: number): Uint8Array {
    const at = this.#position >>> 3
    const taken = this.#bytes.subarray(at, at + count)
    this.#position += taken.length * 8
    return taken
  }
}
