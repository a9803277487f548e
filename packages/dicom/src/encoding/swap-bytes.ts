/** A copy with the bytes of every unit in the other order; bytes of an unfinished unit at the end stay. */
export function swapBytes(bytes: Uint8Array, unit: number): Uint8Array {
  const swapped = new Uint8Array(bytes)
  for (let at = 0; at + unit <= swapped.length; at += unit) swapped.subarray(at, at + unit).reverse()
  return swapped
}

/** Likewise for a stream, whatever the boundaries of its pieces. */
export async function* swapStream(
  source: AsyncIterable<Uint8Array>,
  unit: number,
): AsyncGenerator<Uint8Array> {
  let held = new Uint8Array(0)
  for await (const piece of source) {
    const bytes = new Uint8Array(held.length + piece.length)
    bytes.set(held)
    bytes.set(piece, held.length)
    const whole = bytes.length - (bytes.length % unit)
    held = bytes.slice(whole)
    if (whole > 0) yield swapBytes(bytes.subarray(0, whole), unit)
  }
  if (held.length > 0) yield held
}
