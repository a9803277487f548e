import type { Delimiters } from '../character-set/decode-text.ts'
import type { Vr } from '../vr.ts'

/** How the value field of a text VR is read (PS3.5 Table 6.2-1). */
export interface TextVr {
  /** Specific Character Set applies (PS3.5 6.1.2.3). */
  readonly extended: boolean
  readonly delimiters: Delimiters
  /** Where spaces of a value are not significant: at its end, at both ends, or anywhere. */
  readonly padding: 'end' | 'both' | 'all'
}

const row = (extended: boolean, delimiters: Delimiters, padding: TextVr['padding']): TextVr => ({
  extended,
  delimiters,
  padding,
})

const textVrs: Readonly<Partial<Record<Vr, TextVr>>> = {
  AE: row(false, 'values', 'both'),
  AS: row(false, 'values', 'both'),
  CS: row(false, 'values', 'both'),
  DA: row(false, 'values', 'both'),
  DS: row(false, 'values', 'both'),
  DT: row(false, 'values', 'both'),
  IS: row(false, 'values', 'both'),
  LO: row(true, 'values', 'both'),
  LT: row(true, 'none', 'end'),
  PN: row(true, 'names', 'both'),
  SH: row(true, 'values', 'both'),
  ST: row(true, 'none', 'end'),
  TM: row(false, 'values', 'both'),
  UC: row(true, 'values', 'end'),
  UI: row(false, 'values', 'all'),
  UR: row(false, 'none', 'end'),
  UT: row(true, 'none', 'end'),
}

/** Undefined for VRs whose value is not text. */
export const textVr = (vr: Vr): TextVr | undefined => textVrs[vr]
