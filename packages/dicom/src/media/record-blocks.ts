import { DicomError } from '../errors.ts'

const blockSize = 65_536

/** Bytes that grow at their end and stay where they are, so that what was written can be changed later. */
export class RecordBlocks {
  readonly #limit: number
  readonly #pieces: Uint8Array[] = []
  #block = new Uint8Array(0)
  /** First free byte of the block. */
  #free = 0
  #end: number

  /** `start` bytes come before; the end must not pass `limit`. */
  constructor(start: number, limit: number) {
    this.#end = start
    this.#limit = limit
  }

  /** Where the next record will be. */
  get end(): number {
    return this.#end
  }

  /** Copies a record to the end; says where that is, and gives the copy. Throws DicomError `NotEncodable`. */
  append(bytes: Uint8Array): { readonly offset: number; readonly record: Uint8Array } {
    const offset = this.#end
    if (offset + bytes.length > this.#limit) {
      throw new DicomError('NotEncodable', `The DICOMDIR would have more than ${this.#limit} bytes`)
    }
    if (this.#free + bytes.length > this.#block.length) {
      this.#close()
      this.#block = new Uint8Array(Math.max(blockSize, bytes.length))
      this.#free = 0
    }
    const record = this.#block.subarray(this.#free, this.#free + bytes.length)
    record.set(bytes)
    this.#free += bytes.length
    this.#end += bytes.length
    return { offset, record }
  }

  /** All records, in order. */
  *pieces(): Generator<Uint8Array> {
    yield* this.#pieces
    if (this.#free > 0) yield this.#block.subarray(0, this.#free)
  }

  #close(): void {
    if (this.#free > 0) this.#pieces.push(this.#block.subarray(0, this.#free))
  }
}
