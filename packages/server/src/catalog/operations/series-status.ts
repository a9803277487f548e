export type SeriesStatus = 'Unknown' | 'Complete' | 'Missing' | 'Inconsistent'

/** Holds what a series has against what it said it would have: indexes count from 1. */
export function seriesStatus(
  expected: number | undefined,
  indexes: readonly (number | undefined)[],
): SeriesStatus {
  if (expected === undefined) return 'Unknown'
  const seen = new Set<number>()
  for (const index of indexes) {
    if (index === undefined || index < 1 || index > expected || seen.has(index)) return 'Inconsistent'
    seen.add(index)
  }
  return seen.size === expected ? 'Complete' : 'Missing'
}
