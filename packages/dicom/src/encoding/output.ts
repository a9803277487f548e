import type { ByteRange } from '../data-set/element.ts'
import { elementOf, groupOf, type Tag } from '../tag.ts'
import type { Vr } from '../vr.ts'
import { hasLongForm } from './vr-table.ts'

/** Bytes to be copied from the stream that a data set was read from. */
export interface SourceRange extends ByteRange {
  /** Size in bytes of the units whose byte order is to be turned; 1 if none. */
  readonly swapUnit: 1 | 2 | 4 | 8
}

/** A piece of an encoded data set. */
export type OutputPart = Uint8Array | SourceRange

/** Values at least this long are passed on as they are; shorter ones are copied together. */
const longValue = 4096
const blockSize = 16384

/** Puts an encoded data set together from headers, values and ranges. */
export class Output {
  readonly #parts: OutputPart[] = []
  #block = new Uint8Array(0)
  #view = new DataView(this.#block.buffer)
  /** First byte of the block that is not among the parts, and first free one. */
  #start = 0
  #end = 0

  /** What was written; no more may follow. */
  finish(): readonly OutputPart[] {
    this.#flush()
    return this.#parts
  }

  bytes(bytes: Uint8Array): void {
    if (bytes.length >= longValue) {
      this.#flush()
      this.#parts.push(bytes)
      return
    }
    const at = this.#reserve(bytes.length)
    this.#block.set(bytes, at)
  }

  range(range: SourceRange): void {
    if (range.length === 0) return
    this.#flush()
    this.#parts.push(range)
  }

  /** Header of an item, a delimiter, or an element in Implicit VR (PS3.5 7.1.3, 7.5). */
  implicitHeader(tag: Tag, length: number, littleEndian: boolean): void {
    const at = this.#reserve(8)
    this.#tag(at, tag, littleEndian)
    this.#view.setUint32(at + 4, length, littleEndian)
  }

  /** Header of an element in Explicit VR (PS3.5 7.1.2). */
  explicitHeader(tag: Tag, vr: Vr, length: number, littleEndian: boolean): void {
    const longForm = hasLongForm(vr)
    const at = this.#reserve(longForm ? 12 : 8)
    this.#tag(at, tag, littleEndian)
    this.#view.setUint8(at + 4, vr.charCodeAt(0))
    this.#view.setUint8(at + 5, vr.charCodeAt(1))
    if (longForm) {
      this.#view.setUint16(at + 6, 0, littleEndian)
      this.#view.setUint32(at + 8, length, littleEndian)
    } else this.#view.setUint16(at + 6, length, littleEndian)
  }

  #tag(at: number, tag: Tag, littleEndian: boolean): void {
    this.#view.setUint16(at, groupOf(tag), littleEndian)
    this.#view.setUint16(at + 2, elementOf(tag), littleEndian)
  }

  /** Makes room for `count` bytes and returns where. */
  #reserve(count: number): number {
    if (this.#end + count > this.#block.length) {
      this.#flush()
      this.#block = new Uint8Array(blockSize)
      this.#view = new DataView(this.#block.buffer)
      this.#start = 0
      this.#end = 0
    }
    const at = this.#end
    this.#end += count
    return at
  }

  #flush(): void {
    if (this.#end > this.#start) this.#parts.push(this.#block.subarray(this.#start, this.#end))
    this.#start = this.#end
  }
}
