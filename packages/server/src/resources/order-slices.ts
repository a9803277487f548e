/** An instance of a series, as far as its place among the others goes. */
export interface Slice {
  readonly id: string
  /** Image Position (Patient), PS3.3 C.7.6.2.1.1. */
  readonly position: readonly number[] | undefined
  /** Image Orientation (Patient): the cosines of a row and of a column. */
  readonly orientation: readonly number[] | undefined
  readonly indexInSeries: number | undefined
}

export interface OrderedSlices<S> {
  readonly type: 'Volume' | 'Sequence'
  readonly slices: readonly S[]
}

/** What still counts as parallel, or as the same place (mm). */
const tolerance = 1e-5

/**
 * Along the normal of parallel slices at distinct places, otherwise by the index in the series, which several may
 * share. Undefined where a slice has neither.
 */
export function orderSlices<S extends Slice>(slices: readonly S[]): OrderedSlices<S> | undefined {
  if (slices.length <= 1) return { type: 'Sequence', slices }
  const volume = sortBy(slices, placesOf(slices), tolerance)
  if (volume !== undefined) return { type: 'Volume', slices: volume }
  const sequence = sortBy(
    slices,
    slices.map(({ indexInSeries }) => indexInSeries),
    Number.NEGATIVE_INFINITY,
  )
  return sequence && { type: 'Sequence', slices: sequence }
}

/** Along the common normal; undefined, each of them, where there is none. */
function placesOf(slices: readonly Slice[]): readonly (number | undefined)[] {
  const [first, ...others] = slices.map(normalOf)
  const areParallel = first !== undefined && others.every((other) => isParallel(first, other))
  return slices.map(({ position }) =>
    areParallel && position?.length === 3 ? dot(first, position) : undefined,
  )
}

/** Undefined where a slice has no place, or two are no more than `least` apart. */
function sortBy<S>(
  slices: readonly S[],
  places: readonly (number | undefined)[],
  least: number,
): readonly S[] | undefined {
  const pairs: (readonly [number, S])[] = []
  for (const [index, slice] of slices.entries()) {
    const place = places[index]
    if (place === undefined) return undefined
    pairs.push([place, slice])
  }
  pairs.sort(([one], [other]) => one - other)
  for (const [index, [place]] of pairs.entries()) {
    const next = pairs[index + 1]?.[0]
    if (next !== undefined && next - place <= least) return undefined
  }
  return pairs.map(([, slice]) => slice)
}

function normalOf({ orientation }: Slice): readonly number[] | undefined {
  if (orientation?.length !== 6) return undefined
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = orientation
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d]
  const length = Math.hypot(...normal)
  return length < tolerance ? undefined : normal.map((value) => value / length)
}

const dot = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0)

const isParallel = (one: readonly number[], other: readonly number[] | undefined): boolean =>
  other !== undefined && 1 - Math.abs(dot(one, other)) < tolerance
