import { type Vr, vrs } from '../vr.ts'

/** How a VR is laid out in Explicit VR encodings (PS3.5 7.1.2). */
export interface VrLayout {
  readonly vr: Vr
  /** Two reserved bytes and a length of four bytes (PS3.5 Table 7.1-1), instead of a length of two. */
  readonly longForm: boolean
  /** Bytes that change places between byte orders (PS3.5 7.3). */
  readonly unit: 1 | 2 | 4 | 8
}

const longForms: ReadonlySet<Vr> = new Set([
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SQ',
  'SV',
  'UC',
  'UN',
  'UR',
  'UT',
  'UV',
] as const)

const units: Partial<Record<Vr, 2 | 4 | 8>> = {
  AT: 2,
  OW: 2,
  SS: 2,
  US: 2,
  FL: 4,
  OF: 4,
  OL: 4,
  SL: 4,
  UL: 4,
  FD: 8,
  OD: 8,
  OV: 8,
  SV: 8,
  UV: 8,
}

const layouts: ReadonlyMap<Vr, VrLayout> = new Map(
  vrs.map((vr) => [vr, { vr, longForm: longForms.has(vr), unit: units[vr] ?? 1 }]),
)

export const hasLongForm = (vr: Vr): boolean => longForms.has(vr)

export const swapUnit = (vr: Vr): 1 | 2 | 4 | 8 => units[vr] ?? 1

const firstLetter = 0x41

/** Five bits per letter: an array of 1024 places answers faster than a map of strings. */
const slots: readonly (VrLayout | undefined)[] = Array.from({ length: 1024 }, (_, slot) => {
  const letters = String.fromCharCode(firstLetter + (slot >>> 5), firstLetter + (slot & 31))
  return vrs.flatMap((vr) => (vr === letters ? [layouts.get(vr)] : []))[0]
})

/** The VR that two bytes spell; undefined if they spell none of PS3.5 Table 6.2-1. */
export function vrOfBytes(first: number, second: number): VrLayout | undefined {
  const high = first - firstLetter
  const low = second - firstLetter
  return ((high | low) & ~31) === 0 ? slots[(high << 5) | low] : undefined
}
