import type { Tag } from '@kingsfoil/dicom'
import type { SearchRow } from '../catalog/search/read-rows.ts'
import { DomainError } from '../model/domain-error.ts'
import { type Level, levels } from '../model/level.ts'
import type { TagValue } from '../model/resource.ts'
import { type FindBudget, tooBroad, usualBudget } from './budget.ts'
import { countableSource } from './candidates.ts'
import { pause } from './pause.ts'
import { type KeyPages, Planner, pageSizeOf, rowsPerPage } from './planner.ts'
import { type RankedRow, RowOrder } from './row-order.ts'
import type { RowTest } from './row-test.ts'
import type { Search } from './search.ts'
import { type Needs, noNeeds, TagReader, type ValueSources } from './tag-reader.ts'

export interface FindDependencies extends ValueSources {
  /** When files may be read: also to see what matches, only for what is asked of what matches, or never. */
  readonly fileAccess: 'Always' | 'Answers' | 'Never'
  /** What one search may find, 0 = no limit: of patients, studies or series, and of instances. */
  readonly limits: { readonly results: number; readonly instances: number }
  readonly budget?: FindBudget
}

export interface Hit {
  readonly id: string
  /** Of the tags asked for. */
  readonly tags: ReadonlyMap<Tag, TagValue | undefined>
}

/** Searches for all edges: what matches, in order, page by page. */
export class Find {
  readonly #with: FindDependencies
  readonly #budget: FindBudget
  readonly #planner: Planner

  constructor(dependencies: FindDependencies) {
    this.#with = dependencies
    this.#budget = dependencies.budget ?? usualBudget
    const files = dependencies.fileAccess === 'Always' ? this.#budget.files : 0
    this.#planner = new Planner(dependencies, this.#budget, files)
  }

  /** What the server lets a search find, 0 = no limit. */
  limitOf(level: Level): number {
    const { results, instances } = this.#with.limits
    return level === 'Instance' ? instances : results
  }

  /**
   * What matches, with the values of `wanted`. Errors: `BadRequest` when too much would have to be looked at, or for
   * `since` together with constraints on what only files tell.
   */
  async *find(search: Search, wanted: readonly Tag[] = []): AsyncGenerator<Hit> {
    const mayReadFiles = this.#with.fileAccess !== 'Never'
    const reader = new TagReader(this.#with, search.level, { tags: wanted, mayReadFiles })
    for await (const rows of this.#slice(search, reader)) {
      for (const row of rows)
        yield { id: row.id, tags: wanted.length === 0 ? noTags : await reader.read(row) }
    }
  }

  /** The ids of what matches, page by page. Errors: as `find`. */
  async *findIds(search: Search): AsyncGenerator<readonly string[]> {
    const reader = new TagReader(this.#with, search.level, { tags: [], mayReadFiles: false })
    for await (const rows of this.#slice(search, reader)) yield rows.map(({ id }) => id)
  }

  /** The number of what matches. Errors: as `find`; `BadRequest` for constraints on what only files tell. */
  async count(search: Search): Promise<number> {
    const all = { ...search, since: 0, limit: 0, order: [] }
    const whole = this.#planner.testOf(all)
    if (whole.readsFiles) throw new DomainError('BadRequest', 'Only tags of the catalog can be counted by')
    const source = countableSource(all, this.#with)
    const counts = source === undefined ? this.#countLooking(all, whole) : this.#with.search.count(source)
    let total = 0
    for await (const count of counts) {
      if (total > 0) await pause()
      total += count
      if (total > this.#budget.rows) throw tooBroad(this.#budget.rows)
    }
    return total
  }

  /** The levels at which resources have these ids; unknown ones are left out. */
  async locate(ids: readonly string[]): Promise<readonly { readonly level: Level; readonly id: string }[]> {
    const found = []
    for (const [index, id] of ids.entries()) {
      if (index % rowsPerPage === rowsPerPage - 1) await pause()
      const level = levels.find((each) => this.#with.search.keyOf(each, id) !== undefined)
      if (level !== undefined) found.push({ level, id })
    }
    return found
  }

  /** The values of tags of one resource; undefined for an unknown one. */
  async readTags(level: Level, id: string, tags: readonly Tag[]): Promise<Hit['tags'] | undefined> {
    const { search, fileAccess } = this.#with
    const key = search.keyOf(level, id)
    if (key === undefined) return undefined
    const reader = new TagReader(this.#with, level, { tags, mayReadFiles: fileAccess !== 'Never' })
    const needs = noNeeds()
    reader.addNeeds(needs)
    const [row] = search.rowReader(level, needs)([key])
    return row === undefined ? undefined : reader.read(row)
  }

  async *#slice(search: Search, reader: TagReader): AsyncGenerator<readonly SearchRow[]> {
    const { since, limit } = search
    const needs = noNeeds()
    reader.addNeeds(needs)
    let position = 0
    for await (const page of this.#pages(search, needs)) {
      const start = Math.max(since - position, 0)
      const end = limit > 0 ? since + limit - position : page.length
      position += page.length
      if (start < page.length) yield page.slice(start, end)
      if (limit > 0 && position >= since + limit) return
    }
  }

  async *#pages(search: Search, needs: Needs): AsyncGenerator<readonly SearchRow[]> {
    const whole = this.#planner.testOf(search)
    if (search.since > 0 && whole.readsFiles) {
      throw new DomainError('BadRequest', '"Since" goes with tags of the catalog alone')
    }
    const order = new RowOrder(search, this.#with)
    const { keys, isOrdered, test } = await this.#planner.plan(search, order, whole)
    test.addNeeds(needs)
    if (!isOrdered || order.hasTies) order.addNeeds(needs)
    const matching = this.#matching(search, keys, needs, test)
    if (order.isArrival) yield* matching
    else yield* isOrdered ? orderTies(matching, order) : sortAll(matching, order)
  }

  async *#countLooking(all: Search, whole: RowTest): AsyncGenerator<number> {
    const { keys, test } = await this.#planner.plan(all, new RowOrder(all, this.#with), whole)
    const needs = noNeeds()
    test.addNeeds(needs)
    // Of what the index has settled no row need be seen.
    const pages = test.isUniversal ? keys : this.#matching(all, keys, needs, test)
    for await (const page of pages) yield page.length
  }

  async *#matching(
    search: Search,
    pages: KeyPages,
    needs: Needs,
    test: RowTest,
  ): AsyncGenerator<readonly SearchRow[]> {
    const read = this.#with.search.rowReader(search.level, needs)
    const size = pageSizeOf(search)
    let seen = 0
    for await (const keys of pages) {
      for (let start = 0; start < keys.length; start += size) {
        if (seen > 0) await pause()
        const rows = read(keys.slice(start, start + size))
        seen += rows.length
        if (seen > this.#budget.rows) throw tooBroad(this.#budget.rows)
        yield test.isUniversal ? rows : await test.filter(rows)
      }
    }
  }
}

const noTags: Hit['tags'] = new Map()

async function* sortAll(
  pages: AsyncIterable<readonly SearchRow[]>,
  order: RowOrder,
): AsyncGenerator<readonly SearchRow[]> {
  const ranked: RankedRow[] = []
  for await (const page of pages) for (const row of page) ranked.push(order.rank(row))
  yield ranked.sort(order.compare).map(({ row }) => row)
}

/** Rows come in the order of the first term; those that it does not tell apart are put in order here. */
async function* orderTies(
  pages: AsyncIterable<readonly SearchRow[]>,
  order: RowOrder,
): AsyncGenerator<readonly SearchRow[]> {
  if (!order.hasTies) {
    yield* pages
    return
  }
  let ties: RankedRow[] = []
  for await (const page of pages) {
    for (const row of page) {
      const ranked = order.rank(row)
      const [first] = ties
      if (first !== undefined && !order.isTie(first, ranked)) {
        yield ties.sort(order.compare).map((each) => each.row)
        ties = []
      }
      ties.push(ranked)
    }
  }
  yield ties.sort(order.compare).map((each) => each.row)
}
