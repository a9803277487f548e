/** Writes big-endian fields (PS3.8 9.3.1) into a growing buffer. */
export class ByteWriter {
  #bytes = new Uint8Array(64)
  #length = 0

  get length(): number {
    return this.#length
  }

  uint8(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  uint16(value: number): void {
    this.uint8(value >>> 8)
    this.uint8(value & 0xff)
  }

  uint32(value: number): void {
    this.uint16(value >>> 16)
    this.uint16(value & 0xffff)
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Writes a 16-bit length before whatever `content` writes; throws RangeError above 65,535. */
  prefixed16(content: () => void): void {
    const at = this.#length
    this.uint16(0)
    content()
    const length = this.#length - at - 2
    if (length > 0xffff) throw new RangeError(`an item of ${length} bytes exceeds its 16-bit length field`)
    this.#bytes[at] = length >>> 8
    this.#bytes[at + 1] = length & 0xff
  }

  /** As `prefixed16`, with 32 bits. */
  prefixed32(content: () => void): void {
    const at = this.#length
    this.uint32(0)
    content()
    const length = this.#length - at - 4
    new DataView(this.#bytes.buffer).setUint32(at, length)
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
