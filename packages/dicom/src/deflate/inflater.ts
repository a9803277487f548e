import { BitInput } from './bit-input.ts'
import { type BlockCodes, damaged, fixedCodes, readDynamicCodes } from './block-header.ts'
import { decodeSymbol } from './huffman.ts'

/** How far back a copy can reach (RFC 1951 2). */
const windowSize = 32768
/** Bytes handed out at a time. */
const outputSize = 65536
/** Input looked at in one go, so that the bit positions stay small and little is copied. */
const inputSize = 65536
const longestCopy = 258

/** RFC 1951 3.2.5. */
const lengthBases = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
]
const distanceBases = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
]
const lengthBits = (index: number): number => (index < 8 || index === 28 ? 0 : (index >>> 2) - 1)
const distanceBits = (index: number): number => (index < 4 ? 0 : (index >>> 1) - 1)

type Block = { readonly kind: 'stored'; left: number } | ({ readonly kind: 'compressed' } & BlockCodes)

/**
 * Inflates a raw deflate stream (RFC 1951) that arrives in pieces of any size.
 * The platform's DecompressionStream cannot serve: it fails on the byte that PS3.5 A.5 lets follow the stream,
 * and loses what it had inflated when the stream is cut.
 */
export class Inflater {
  readonly #input = new BitInput()
  /** What copies may refer to, and behind it what was not handed out. */
  readonly #window = new Uint8Array(windowSize + outputSize + longestCopy)
  #start = 0
  #end = 0
  #block: Block | undefined
  /** Made once: a stream may have a block every few bits. */
  #fixedCodes: BlockCodes | undefined
  #isLast = false
  #done = false

  /** The stream has ended; bytes behind it are ignored. */
  get done(): boolean {
    return this.#done
  }

  /** Hands out what can be inflated from the bytes so far, in new arrays. Throws DicomError `BadDeflate`. */
  *push(piece: Uint8Array): Generator<Uint8Array, void> {
    for (let at = 0; at < piece.length && !this.#done; at += inputSize) {
      this.#input.append(piece.subarray(at, at + inputSize))
      while (this.#step()) if (this.#end - this.#start >= outputSize) yield this.#handOut()
    }
    if (this.#end > this.#start) yield this.#handOut()
  }

  #handOut(): Uint8Array {
    const output = this.#window.slice(this.#start, this.#end)
    const kept = Math.min(this.#end, windowSize)
    this.#window.copyWithin(0, this.#end - kept, this.#end)
    this.#start = kept
    this.#end = kept
    return output
  }

  /** Goes on until the output is full (true) or the input is used up (false). */
  #step(): boolean {
    while (!this.#done) {
      if (this.#end - this.#start >= outputSize) return true
      if (this.#block === undefined && !this.#readHeader()) return false
      const block = this.#block
      if (block === undefined) continue
      const isOver = block.kind === 'stored' ? this.#copyStored(block) : this.#inflateBlock(block)
      if (isOver === undefined) {
        if (this.#end - this.#start >= outputSize) return true
        return false
      }
      this.#block = undefined
      this.#done = this.#isLast
    }
    return false
  }

  /** RFC 1951 3.2.3; false if the input ends inside, and then nothing was read. */
  #readHeader(): boolean {
    const input = this.#input
    const { position } = input
    if (input.has(3)) {
      this.#isLast = input.take(1) === 1
      this.#block = this.#readBlock(input.take(2))
    }
    if (this.#block === undefined) input.restore(position)
    return this.#block !== undefined
  }

  #readBlock(type: number): Block | undefined {
    const input = this.#input
    if (type === 0) {
      input.alignToByte()
      if (!input.has(32)) return undefined
      const left = input.take(16)
      if ((left ^ input.take(16)) !== 0xffff) throw damaged()
      return { kind: 'stored', left }
    }
    if (type === 3) throw damaged()
    if (type === 1) this.#fixedCodes ??= fixedCodes()
    const codes = type === 1 ? this.#fixedCodes : readDynamicCodes(input)
    return codes === undefined ? undefined : { kind: 'compressed', ...codes }
  }

  /** True at the end of the block, undefined if the input is used up or the output full. */
  #copyStored(block: Extract<Block, { kind: 'stored' }>): true | undefined {
    const room = outputSize - (this.#end - this.#start)
    const bytes = this.#input.takeBytes(Math.min(block.left, room))
    this.#window.set(bytes, this.#end)
    this.#end += bytes.length
    block.left -= bytes.length
    return block.left === 0 ? true : undefined
  }

  /** Likewise. */
  #inflateBlock({ literals, distances }: BlockCodes): true | undefined {
    const input = this.#input
    const window = this.#window
    const full = this.#start + outputSize
    while (this.#end < full) {
      const { position } = input
      const entry = decodeSymbol(literals, input.peek())
      if (!input.has(entry < 0 ? 15 : entry & 15)) return undefined
      if (entry < 0) throw damaged()
      input.drop(entry & 15)
      const symbol = entry >>> 4
      if (symbol < 256) window[this.#end++] = symbol
      else if (symbol === 256) return true
      else if (!this.#copy(symbol - 257, distances)) {
        input.restore(position)
        return undefined
      }
    }
    return undefined
  }

  /** Repeats earlier output; false if the input ends inside. */
  #copy(lengthIndex: number, distances: BlockCodes['distances']): boolean {
    const input = this.#input
    const base = lengthBases[lengthIndex]
    if (base === undefined) throw damaged()
    if (!input.has(lengthBits(lengthIndex))) return false
    const length = base + input.take(lengthBits(lengthIndex))
    const entry = decodeSymbol(distances, input.peek())
    if (!input.has(entry < 0 ? 15 : entry & 15)) return false
    const distanceBase = entry < 0 ? undefined : distanceBases[entry >>> 4]
    if (distanceBase === undefined) throw damaged()
    input.drop(entry & 15)
    const extraBits = distanceBits(entry >>> 4)
    if (!input.has(extraBits)) return false
    const distance = distanceBase + input.take(extraBits)
    if (distance > this.#end) throw damaged()
    const window = this.#window
    for (let left = length; left > 0; left--, this.#end++)
      window[this.#end] = window[this.#end - distance] ?? 0
    return true
  }
}
