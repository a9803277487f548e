/**
 * Memory of pieces that is used again once they are compressed: memory that is new for each piece would pile up until
 * V8 looks for garbage.
 */
export class PieceBuffers {
  readonly #bufferBytes: number
  readonly #kept: number
  readonly #free: ArrayBuffer[] = []
  /** The very arrays that were lent: whoever has only a part of one cannot give it back. */
  readonly #lent = new WeakSet<Uint8Array>()

  /** Keeps at most `kept` free ones of `bufferBytes` each. */
  constructor(bufferBytes: number, kept: number) {
    this.#bufferBytes = bufferBytes
    this.#kept = kept
  }

  /** With any content. What is small, or too large, is not worth keeping. */
  readonly take = (length: number): Uint8Array => {
    if (length > this.#bufferBytes || length * 2 < this.#bufferBytes) return Buffer.allocUnsafeSlow(length)
    const piece = new Uint8Array(this.#free.pop() ?? new ArrayBuffer(this.#bufferBytes), 0, length)
    this.#lent.add(piece)
    return piece
  }

  /** Nobody may use the bytes any more. Those that come from elsewhere are left alone. */
  give(piece: Uint8Array): void {
    if (!this.#lent.delete(piece) || this.#free.length >= this.#kept) return
    this.#free.push(piece.buffer as ArrayBuffer)
  }
}
