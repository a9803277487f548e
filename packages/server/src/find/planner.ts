import type { ColumnSource } from '../catalog/search/key-source.ts'
import { type Level, levels } from '../model/level.ts'
import { type FindBudget, tooBroad } from './budget.ts'
import { answersExactly, type Candidates, findCandidates, gatherAll, rankSources } from './candidates.ts'
import type { Constraint } from './constraint.ts'
import { pause } from './pause.ts'
import type { TagPlaces } from './query-tag.ts'
import type { RowOrder } from './row-order.ts'
import { RowTest } from './row-test.ts'
import type { Search } from './search.ts'
import { sourcesOf } from './sources.ts'
import { noNeeds, type ValueSources } from './tag-reader.ts'

export type KeyPages = Iterable<readonly number[]> | AsyncIterable<readonly number[]>

/** Where to look for what is searched for, and what is still to be tested there. */
export interface Plan {
  readonly keys: KeyPages
  /** Keys come in the order of the first term that was asked for. */
  readonly isOrdered: boolean
  readonly test: RowTest
}

/** Rows that are read together. */
export const rowsPerPage = 200

export const pageSizeOf = ({ since, limit }: Search): number =>
  limit > 0 ? Math.min(Math.max(since + limit, 16), rowsPerPage) : rowsPerPage

/** Chooses how to carry out a search. */
export class Planner {
  readonly #sources: ValueSources
  readonly #budget: FindBudget
  readonly #mostFiles: number

  /** `mostFiles`: that may be read to see what matches. */
  constructor(sources: ValueSources, budget: FindBudget, mostFiles: number) {
    this.#sources = sources
    this.#budget = budget
    this.#mostFiles = mostFiles
  }

  /** All that a search asks of a row. */
  testOf(search: Search): RowTest {
    return new RowTest(search, this.#sources, this.#mostFiles)
  }

  /** Candidates from an index, or all rows in the order asked for. `whole`: what `testOf` gives. */
  async plan(search: Search, order: RowOrder, whole: RowTest): Promise<Plan> {
    const catalog = this.#sources.search
    const sources = whole.isUniversal ? [] : rankSources(search, this.#sources)
    const { candidates: few, members, rows } = this.#budget
    const walks = search.limit > 0 && (order.isArrival || order.walkable !== undefined)
    const most = walks ? Math.max(few, members) : few
    const found = await findCandidates(catalog, sources, { few, most }, pause)
    if (found !== undefined && found.keys.length <= few) return this.#below(found, search)
    const all = walks ? undefined : await gatherAll(catalog, sources, rows, pause)
    return all === undefined ? this.#walk(search, order, whole, found) : this.#below(all, search)
  }

  /** In order of arrival of the candidates, and of what is below each. */
  #below({ level, keys, settled }: Candidates, search: Search): Plan {
    const left = { ...search, constraints: search.constraints.filter((each) => each !== settled) }
    if (level === search.level) return { keys: [keys], isOrdered: false, test: this.testOf(left) }
    const { above, below } = split(left, level, this.#sources.places)
    const filters = filtersOf(below, this.#sources.places)
    const untested = below.constraints.filter((each) => !filters.has(each))
    return {
      keys: this.#descend(above, keys, [...filters.values()], search),
      isOrdered: false,
      test: this.testOf({ ...below, constraints: untested }),
    }
  }

  /** Nobody looks below what is wrong itself. */
  async *#descend(
    above: Search,
    keys: readonly number[],
    filters: readonly ColumnSource[],
    search: Search,
  ): AsyncGenerator<readonly number[]> {
    const catalog = this.#sources.search
    const test = this.testOf(above)
    if (test.isUniversal) return yield* catalog.descend([keys], above.level, search.level, filters)
    const needs = noNeeds()
    test.addNeeds(needs)
    const read = catalog.rowReader(above.level, needs)
    const size = pageSizeOf(search)
    for (let start = 0; start < keys.length; start += size) {
      if (start > 0) await pause()
      const passed = await test.filter(read(keys.slice(start, start + size)))
      yield* catalog.descend([passed.map(({ key }) => key)], above.level, search.level, filters)
    }
  }

  #walk(search: Search, order: RowOrder, whole: RowTest, members: Candidates | undefined): Plan {
    const pages = this.#all(search.level, order)
    if (members === undefined) return { keys: pages, isOrdered: true, test: whole }
    const left = search.constraints.filter((each) => each !== members.settled)
    return {
      keys: this.#within(pages, search.level, members),
      isOrdered: true,
      test: this.testOf({ ...search, constraints: left }),
    }
  }

  #all(level: Level, { walkable }: RowOrder): Iterable<readonly number[]> {
    const catalog = this.#sources.search
    if (walkable === undefined) return catalog.walk(level, 'ascending')
    const pages = catalog.walkColumn(walkable.level, walkable.column, walkable.direction)
    return catalog.descend(pages, walkable.level, level)
  }

  /** The keys that are members or below one. */
  async *#within(
    pages: Iterable<readonly number[]>,
    level: Level,
    within: Candidates,
  ): AsyncGenerator<readonly number[]> {
    const known = new Set(within.keys)
    let seen = 0
    for (const page of pages) {
      if (seen > 0) await pause()
      seen += page.length
      if (seen > this.#budget.rows) throw tooBroad(this.#budget.rows)
      const members =
        level === within.level ? page : this.#sources.search.ancestorsOf(page, level, within.level)
      yield page.filter((_, index) => known.has(members[index] ?? 0))
    }
  }
}

const isAtOrAbove = (one: Level, other: Level): boolean => levels.indexOf(one) <= levels.indexOf(other)

/** What rows of a level above can tell, and what is left to be asked of those that are searched for. */
function split(
  search: Search,
  level: Level,
  places: TagPlaces,
): { readonly above: Search; readonly below: Search } {
  const isAbove = ({ tag }: Constraint): boolean => {
    const place = places.find(tag, search.level)
    return (place.kind === 'main' || place.kind === 'computed') && isAtOrAbove(place.level, level)
  }
  const { constraints, ancestors } = search
  return {
    above: {
      ...search,
      level,
      constraints: constraints.filter(isAbove),
      ancestors: ancestors.filter((each) => isAtOrAbove(each.level, level)),
      labels: undefined,
      metadata: [],
    },
    below: {
      ...search,
      constraints: constraints.filter((each) => !isAbove(each)),
      ancestors: ancestors.filter((each) => !isAtOrAbove(each.level, level)),
    },
  }
}

/** Columns that tell by themselves which rows meet a constraint. */
function filtersOf({ constraints, level }: Search, places: TagPlaces): ReadonlyMap<Constraint, ColumnSource> {
  const found = new Map<Constraint, ColumnSource>()
  for (const constraint of constraints) {
    const place = places.find(constraint.tag, level)
    if (place.kind !== 'main') continue
    const filter = sourcesOf(constraint, place.level).find((source) => answersExactly(source, constraint))
    if (filter !== undefined && 'column' in filter) found.set(constraint, filter)
  }
  return found
}
