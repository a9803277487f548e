import { DicomError } from '../errors.ts'
import type { BitInput } from './bit-input.ts'
import { decodeSymbol, type HuffmanCode, huffmanCode } from './huffman.ts'

/** The two codes of a compressed block (RFC 1951 3.2.5). */
export interface BlockCodes {
  readonly literals: HuffmanCode
  readonly distances: HuffmanCode
}

/** RFC 1951 3.2.6. */
export function fixedCodes(): BlockCodes {
  const literals = new Uint8Array(288).fill(8)
  literals.fill(9, 144, 256).fill(7, 256, 280)
  return {
    literals: checked(huffmanCode(literals)),
    distances: checked(huffmanCode(new Uint8Array(30).fill(5))),
  }
}

/** RFC 1951 3.2.7: in which order the lengths of the code for lengths come. */
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** Reads the codes of a block with dynamic codes; undefined if the input ends inside. */
export function readDynamicCodes(input: BitInput): BlockCodes | undefined {
  if (!input.has(14)) return undefined
  const literalCount = input.take(5) + 257
  const distanceCount = input.take(5) + 1
  const lengthCount = input.take(4) + 4
  const lengths = new Uint8Array(19)
  for (const index of lengthOrder.slice(0, lengthCount)) {
    if (!input.has(3)) return undefined
    lengths[index] = input.take(3)
  }
  const all = readLengths(input, checked(huffmanCode(lengths)), literalCount + distanceCount)
  if (all === undefined) return undefined
  return {
    literals: checked(huffmanCode(all.subarray(0, literalCount))),
    distances: checked(huffmanCode(all.subarray(literalCount))),
  }
}

function readLengths(input: BitInput, code: HuffmanCode, count: number): Uint8Array | undefined {
  const lengths = new Uint8Array(count)
  for (let at = 0; at < count; ) {
    const entry = decodeSymbol(code, input.peek())
    if (!input.has(Math.max(entry & 15, 1))) return undefined
    if (entry < 0) throw damaged()
    input.drop(entry & 15)
    const symbol = entry >>> 4
    if (symbol < 16) {
      lengths[at++] = symbol
      continue
    }
    const extraBits = symbol === 16 ? 2 : symbol === 17 ? 3 : 7
    if (!input.has(extraBits)) return undefined
    const repeat = input.take(extraBits) + (symbol === 18 ? 11 : 3)
    if (at + repeat > count || (symbol === 16 && at === 0)) throw damaged()
    lengths.fill(symbol === 16 ? (lengths[at - 1] ?? 0) : 0, at, at + repeat)
    at += repeat
  }
  return lengths
}

function checked(code: HuffmanCode | undefined): HuffmanCode {
  if (code === undefined) throw damaged()
  return code
}

export const damaged = (): DicomError => new DicomError('BadDeflate', 'The deflated data set is damaged')
