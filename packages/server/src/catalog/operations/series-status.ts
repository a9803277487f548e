import { parseIndexInSeries } from '../../model/index-in-series.ts'

export type SeriesStatus = 'Unknown' | 'Complete' | 'Missing' | 'Inconsistent'

/**
 * Holds what a series has against what it said it would have. Indexes count from 1; those that are no numbers leave it
 * unknown.
 */
export function seriesStatus(
  expected: number | undefined,
  indexes: readonly (string | undefined)[],
): SeriesStatus {
  if (expected === undefined) return 'Unknown'
  const seen = new Set<number>()
  for (const text of indexes) {
    if (text === undefined) return 'Inconsistent'
    const index = parseIndexInSeries(text)
    if (index === undefined) return 'Unknown'
    if (index < 1 || index > expected || seen.has(index)) return 'Inconsistent'
    seen.add(index)
  }
  return seen.size === expected ? 'Complete' : 'Missing'
}
