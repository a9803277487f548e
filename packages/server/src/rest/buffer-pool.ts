/**
 * Large buffers that are used again. Node counts their memory as V8's, so that a new one for each answer makes V8
 * look for garbage several times a second, which takes longer than sending.
 */
export class BufferPool {
  readonly #bufferBytes: number
  readonly #kept: number
  readonly #free: ArrayBuffer[] = []
  /** Those in use; one that is never given back goes with its last user. */
  readonly #lent = new WeakSet<ArrayBufferLike>()

  /** Keeps at most `kept` free ones of `bufferBytes` each. */
  constructor(bufferBytes: number, kept: number) {
    this.#bufferBytes = bufferBytes
    this.#kept = kept
  }

  /** With any content. What is small, or too large, is not worth keeping. */
  take(length: number): Uint8Array {
    if (length > this.#bufferBytes || length * 8 < this.#bufferBytes) return Buffer.allocUnsafe(length)
    const buffer = this.#free.pop() ?? new ArrayBuffer(this.#bufferBytes)
    this.#lent.add(buffer)
    return new Uint8Array(buffer, 0, length)
  }

  /** Nobody may use the bytes any more. Those that come from elsewhere are left alone. */
  give({ buffer }: Uint8Array): void {
    if (!this.#lent.delete(buffer) || this.#free.length >= this.#kept) return
    this.#free.push(buffer as ArrayBuffer)
  }
}
