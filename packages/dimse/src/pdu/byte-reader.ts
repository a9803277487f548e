import { PduError } from './pdu-error.ts'

/** Reads big-endian fields (PS3.8 9.3.1) from a complete buffer; running past its end is an invalid parameter. */
export class ByteReader {
  readonly bytes: Uint8Array
  /** Most items in one list. */
  readonly maxItems: number
  #offset = 0

  constructor(bytes: Uint8Array, maxItems: number) {
    this.bytes = bytes
    this.maxItems = maxItems
  }

  get remaining(): number {
    return this.bytes.length - this.#offset
  }

  uint8(): number {
    return this.#byte()
  }

  uint16(): number {
    return this.#byte() * 0x100 + this.#byte()
  }

  uint32(): number {
    return this.uint16() * 0x10000 + this.uint16()
  }

  /** A view of the next bytes. */
  take(length: number): Uint8Array {
    if (length > this.remaining) {
      throw new PduError('invalidParameter', `a field of ${length} bytes exceeds the ${this.remaining} left`)
    }
    const start = this.#offset
    this.#offset += length
    return this.bytes.subarray(start, this.#offset)
  }

  rest(): Uint8Array {
    return this.take(this.remaining)
  }

  #byte(): number {
    const value = this.bytes[this.#offset]
    if (value === undefined) throw new PduError('invalidParameter', 'the PDU ends inside a field')
    this.#offset += 1
    return value
  }
}
