/** Bounds on what one stream may make the reader do. */
export interface ReadLimits {
  /** Sequences inside sequences. Code that walks data sets may recurse this deep. */
  readonly maxDepth: number
  /** Elements, items and fragments together. */
  readonly maxElements: number
  /** Longer values are not kept in memory, in bytes; they become `reference`. */
  readonly maxValueBytes: number
  /** Bytes of the stream before Pixel Data. */
  readonly maxHeaderBytes: number
  /** Bytes that a deflated data set may inflate to. */
  readonly maxInflatedBytes: number
  /** Warnings kept; more are dropped. */
  readonly maxWarnings: number
}

export const defaultReadLimits: ReadLimits = {
  maxDepth: 256,
  maxElements: 1_000_000,
  maxValueBytes: 1024 * 1024,
  maxHeaderBytes: 256 * 1024 * 1024,
  maxInflatedBytes: 2 ** 31,
  maxWarnings: 100,
}
