/** A repeatable source of numbers in [0, 1): xorshift32. The seed is printed by the suites that use it. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0 || 0x9e3779b9
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 0x1_0000_0000
  }
}

/** Bytes of 16 bit little-endian samples whose low 12 bits are noise: about 0.75 of their size when deflated. */
export function noise(byteLength: number, seed: number): Buffer {
  const bytes = Buffer.alloc(byteLength)
  const next = seededRandom(seed)
  for (let offset = 0; offset + 1 < byteLength; offset += 2) bytes.writeUInt16LE((next() * 4096) | 0, offset)
  return bytes
}
