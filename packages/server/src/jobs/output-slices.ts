import type { OutputPart } from '../model/job.ts'

/** Bytes from `start` up to, not including, `end`; without `end`, to the last byte. */
export interface OutputSpan {
  readonly start: number
  readonly end?: number
}

/** The pieces of the parts that make up a span of their sequence. */
export function* sliceParts(
  parts: readonly OutputPart[],
  { start, end = Number.POSITIVE_INFINITY }: OutputSpan,
): Generator<{ readonly blob: string; readonly start: number; readonly end: number }> {
  let offset = 0
  for (const { blob, size } of parts) {
    const from = Math.max(0, start - offset)
    const to = Math.min(size, end - offset)
    if (from < to) yield { blob, start: from, end: to }
    offset += size
  }
}
