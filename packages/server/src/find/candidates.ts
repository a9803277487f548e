import { isUid } from '@kingsfoil/dicom'
import type { CatalogSearch } from '../catalog/search/catalog-search.ts'
import type { KeySource, ValuesSource } from '../catalog/search/key-source.ts'
import type { Level } from '../model/level.ts'
import type { Constraint } from './constraint.ts'
import type { pause } from './pause.ts'
import { modalitiesInStudyTag } from './query-tag.ts'
import type { Search } from './search.ts'
import { sourcesOf } from './sources.ts'
import type { ValueSources } from './tag-reader.ts'

/** Rows among which everything is that a search can find. */
export interface Candidates {
  readonly level: Level
  /** Ascending. */
  readonly keys: readonly number[]
  /** What need not be tested any more. */
  readonly settled: Constraint | undefined
}

/** An index, and the level at which what it gives constrains. */
interface RankedSource {
  readonly source: KeySource
  readonly level: Level
  /** Undefined for what is no constraint on a tag. */
  readonly constraint: Constraint | undefined
}

/** With so few no other index is tried. */
const fewCandidates = 64

/** What gives few rows comes first. */
const ranks: Readonly<Record<KeySource['kind'], number>> = {
  resource: 0,
  sopInstance: 1,
  values: 2,
  ranges: 4,
  words: 5,
  labels: 6,
}

const lastRank = 7

const rankOf = ({ source }: RankedSource): number =>
  source.kind === 'values' && source.column === 'modality' ? lastRank : ranks[source.kind]

/** The indexes that can answer a part of the search, the most telling one first. */
export function rankSources(search: Search, { places }: ValueSources): readonly RankedSource[] {
  const fromTags = search.constraints.flatMap((constraint): readonly RankedSource[] => {
    if (constraint.tag === modalitiesInStudyTag) return modalitySource(constraint)
    const place = places.find(constraint.tag, search.level)
    if (place.kind !== 'main') return []
    return sourcesOf(constraint, place.level).map((source) => ({ source, level: place.level, constraint }))
  })
  const fromAncestors = search.ancestors.map(
    ({ level, id }) => ({ source: { kind: 'resource', level, id }, level, constraint: undefined }) as const,
  )
  return [...fromAncestors, ...fromTags, ...labelSource(search)].sort(
    (one, other) => rankOf(one) - rankOf(other),
  )
}

function modalitySource(constraint: Constraint): readonly RankedSource[] {
  const { matcher } = constraint
  if (matcher.kind !== 'values' || matcher.patterns.length > 0) return []
  const values = matcher.exact.map((value) => value.toUpperCase())
  return [
    { source: { kind: 'values', level: 'Series', column: 'modality', values }, level: 'Study', constraint },
  ]
}

function labelSource({ labels, level }: Search): readonly RankedSource[] {
  const [first] = labels?.labels ?? []
  if (labels === undefined || first === undefined || labels.constraint === 'None') return []
  const chosen = labels.constraint === 'All' ? [first] : labels.labels
  return [{ source: { kind: 'labels', level, labels: chosen }, level, constraint: undefined }]
}

type Pause = typeof pause

/** How many rows of an index are worth gathering. */
export interface CandidateLimits {
  /** So many are looked at one by one. */
  readonly few: number
  /** So many are gathered when no index gives few; the same or more. */
  readonly most: number
}

/** The smallest complete set of few candidates, or else one of more; undefined when all have more than `most`. */
export async function findCandidates(
  catalog: CatalogSearch,
  sources: readonly RankedSource[],
  { few, most }: CandidateLimits,
  rest: Pause,
): Promise<Candidates | undefined> {
  let best: (Candidates & { readonly from: RankedSource }) | undefined
  for (const each of sources) {
    const hasFew = best !== undefined && best.keys.length <= few
    if (best !== undefined && hasFew && !isWorthTrying(each, best.from)) continue
    const isBroad = best !== undefined || rankOf(each) === lastRank
    const keys = await gather(catalog, each, isBroad ? Math.min(best?.keys.length ?? few, few) : most, rest)
    if (keys === undefined) continue
    best = { ...candidates(each, keys), from: each }
    if (keys.length <= fewCandidates) return best
  }
  return best
}

/** Not another index for the same constraint, and not one that gives many rows nearly always. */
const isWorthTrying = (source: RankedSource, best: RankedSource): boolean =>
  rankOf(source) < lastRank && (source.constraint === undefined || source.constraint !== best.constraint)

const candidates = ({ level, source, constraint }: RankedSource, keys: readonly number[]): Candidates => ({
  level,
  keys,
  settled: constraint !== undefined && answersExactly(source, constraint) ? constraint : undefined,
})

/**
 * Dates and UIDs are in the index as they are, code strings, which have no accents (PS3.5 6.2), without regard to letter
 * case: what it gives, matches.
 */
export function answersExactly(source: KeySource, { vr, matcher, folding }: Constraint): boolean {
  if (source.kind === 'ranges') return vr === 'DA'
  if (source.kind !== 'values' || matcher.kind !== 'values') return false
  if (vr === 'CS') return folding !== 'none' && matcher.exact.every((value) => codeString.test(value))
  return vr === 'UI' && matcher.exact.every(isUid)
}

const codeString = /^[A-Z0-9_ ]+$/i

/** All that the most telling index gives; undefined without any, or for more than `most`. */
export async function gatherAll(
  catalog: CatalogSearch,
  sources: readonly RankedSource[],
  most: number,
  rest: Pause,
): Promise<Candidates | undefined> {
  const [first] = sources
  if (first === undefined) return undefined
  const keys = await gather(catalog, first, most, rest)
  return keys === undefined ? undefined : candidates(first, keys)
}

/** Distinct keys, ascending; undefined when there are more than `most`. */
async function gather(
  catalog: CatalogSearch,
  { source, level }: RankedSource,
  most: number,
  rest: Pause,
): Promise<readonly number[] | undefined> {
  let found: number[] = []
  let pages = 0
  for (const page of catalog.find(source)) {
    if (pages++ > 0) await rest()
    for (const key of source.level === level ? page : catalog.ascend(page, source.level, level))
      found.push(key)
    if (found.length > most) found = sortDistinct(found)
    if (found.length > most) return undefined
  }
  return sortDistinct(found)
}

/** Such arrays are sorted without asking a function each time. */
function sortDistinct(keys: readonly number[]): number[] {
  const distinct: number[] = []
  let last = Number.NaN
  for (const key of new Float64Array(keys).sort()) {
    if (key !== last) distinct.push(key)
    last = key
  }
  return distinct
}

/** Values that are counted one by one. */
const countedValues = 16

/** The index that alone tells how much a search finds; undefined where rows have to be looked at. */
export function countableSource(search: Search, sources: ValueSources): ValuesSource | undefined {
  const { level, ancestors, labels, metadata } = search
  const asked = search.constraints.filter(({ matcher }) => matcher.kind !== 'universal')
  if (asked.length !== 1 || ancestors.length + metadata.length > 0 || labels !== undefined) return undefined
  const [first] = rankSources(search, sources)
  if (first?.constraint === undefined || first.level !== level) return undefined
  const { source, constraint } = first
  const isCounted =
    source.kind === 'values' && source.level === level && source.values.length <= countedValues
  return isCounted && answersExactly(source, constraint) ? source : undefined
}
