import { air, type Ellipsoid, head } from './ellipsoids.ts'

/** The columns from `first` up to, not including, `end`. */
interface Run {
  readonly first: number
  readonly end: number
}

/** Where one row of pixels runs through an ellipsoid, in the plane at `z`. */
function runThrough(
  { axes, centre, turn }: Ellipsoid,
  size: number,
  row: number,
  z: number,
): Run | undefined {
  const [a, b, c] = axes
  const [x0, y0, z0] = centre
  const inPlane = 1 - ((z - z0) / c) ** 2
  if (inPlane <= 0) return undefined
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)]
  const dy = 1 - (2 * row + 1) / size - y0
  // (dx cos + dy sin)^2 / a^2 + (dy cos - dx sin)^2 / b^2 = inPlane, a quadratic equation for dx.
  const p = (cos / a) ** 2 + (sin / b) ** 2
  const q = dy * sin * cos * (1 / a ** 2 - 1 / b ** 2)
  const r = dy ** 2 * ((sin / a) ** 2 + (cos / b) ** 2) - inPlane
  const discriminant = q * q - p * r
  if (discriminant <= 0) return undefined
  const half = Math.sqrt(discriminant) / p
  const column = (dx: number): number => Math.ceil(((x0 + dx + 1) * size - 1) / 2)
  return { first: Math.max(0, column(-q / p - half)), end: Math.min(size, column(-q / p + half)) }
}

/** xorshift32: the same seed gives the same noise. */
function randomSource(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

export interface SliceOptions {
  /** Rows, and columns. */
  readonly size: number
  /** Height in the phantom, from -1 to 1. */
  readonly z: number
  /** Standard deviation, Hounsfield units. */
  readonly noise: number
  readonly seed: number
}

/** Stored values of a slice: Hounsfield units plus 1024, in 12 bits. */
export function sliceOf({ size, z, noise, seed }: SliceOptions): Uint16Array {
  const values = new Float32Array(size * size).fill(air)
  for (const ellipsoid of head) {
    for (let row = 0; row < size; row++) {
      const run = runThrough(ellipsoid, size, row, z)
      if (run === undefined) continue
      for (let at = row * size + run.first; at < row * size + run.end; at++) {
        values[at] = (values[at] ?? 0) + ellipsoid.value
      }
    }
  }
  const random = randomSource(seed)
  // The difference of two uniform numbers has a standard deviation of 1/sqrt(6).
  const spread = noise * Math.sqrt(6)
  const pixels = new Uint16Array(values.length)
  for (let at = 0; at < pixels.length; at++) {
    const stored = Math.round((values[at] ?? 0) + 1024 + spread * (random() - random()))
    pixels[at] = Math.min(4095, Math.max(0, stored))
  }
  return pixels
}
