/** Bounds on what may become one DICOMDIR. */
export interface DicomdirLimits {
  /** Of the whole file, which is held in memory while it grows. */
  readonly maxBytes: number
}

/** Offsets are UL (PS3.3 Table F.3-3). */
export const defaultDicomdirLimits: DicomdirLimits = { maxBytes: 0xffffffff }

/** Of a text that becomes a key, the most that any but UT may have in its VR: longer ones are cut. */
export const maxKeyCharacters = 1024
