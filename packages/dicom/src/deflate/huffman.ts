/** Codes up to this length are found by one look into a table, which is no larger than the code needs. */
const tableBits = 10
const longestCode = 15

/** A canonical Huffman code (RFC 1951 3.2.2). */
export interface HuffmanCode {
  /** By the next bits, as many as its size (a power of two) asks for: symbol << 4 | length; 0 if the code is longer. */
  readonly table: Uint16Array
  /** Number of codes of each length, and the symbols in the order of their codes. */
  readonly counts: Uint16Array
  readonly symbols: Uint16Array
}

/** Builds the code from the lengths of its symbols; undefined if they give more codes than there are. */
export function huffmanCode(lengths: Uint8Array): HuffmanCode | undefined {
  const counts = new Uint16Array(longestCode + 1)
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1
  counts[0] = 0
  const firstIndexes = new Uint16Array(longestCode + 2)
  let free = 1
  for (let length = 1; length <= longestCode; length++) {
    const count = counts[length] ?? 0
    free = free * 2 - count
    if (free < 0) return undefined
    firstIndexes[length + 1] = (firstIndexes[length] ?? 0) + count
  }
  const symbols = new Uint16Array(lengths.length)
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] ?? 0
    if (length === 0) continue
    const index = firstIndexes[length] ?? 0
    symbols[index] = symbol
    firstIndexes[length] = index + 1
  }
  return { table: fillTable(counts, symbols), counts, symbols }
}

function fillTable(counts: Uint16Array, symbols: Uint16Array): Uint16Array {
  const longest = counts.findLastIndex((count) => count > 0)
  const table = new Uint16Array(1 << Math.min(Math.max(longest, 0), tableBits))
  let code = 0
  let index = 0
  for (let length = 1; length <= Math.min(longest, tableBits); length++) {
    const end = code + (counts[length] ?? 0)
    for (; code < end; code++) {
      const entry = ((symbols[index++] ?? 0) << 4) | length
      const step = 1 << length
      for (let slot = reversed(code, length); slot < table.length; slot += step) table[slot] = entry
    }
    code *= 2
  }
  return table
}

/** Codes come with their first bit first, and bits are taken from the low end. */
function reversed(code: number, length: number): number {
  let result = 0
  for (let bit = 0; bit < length; bit++) result |= ((code >>> bit) & 1) << (length - 1 - bit)
  return result
}

/**
 * The symbol that the low end of `bits` spells, as symbol << 4 | length; -1 if `bits` (of which at least 15 are
 * looked at) begin with no code.
 */
export function decodeSymbol(code: HuffmanCode, bits: number): number {
  const entry = code.table[bits & (code.table.length - 1)] ?? 0
  return entry !== 0 ? entry : decodeLong(code, bits)
}

function decodeLong({ counts, symbols }: HuffmanCode, bits: number): number {
  let value = 0
  let first = 0
  let index = 0
  for (let length = 1; length <= longestCode; length++) {
    value = (value << 1) | ((bits >>> (length - 1)) & 1)
    const count = counts[length] ?? 0
    if (value - first < count) return ((symbols[index + value - first] ?? 0) << 4) | length
    index += count
    first = (first + count) * 2
  }
  return -1
}
