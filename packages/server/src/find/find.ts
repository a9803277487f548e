import type { Tag } from '@kingsfoil/dicom'
import type { SearchRow } from '../catalog/search/read-rows.ts'
import { DomainError } from '../model/domain-error.ts'
import { type Level, levels } from '../model/level.ts'
import { limits } from '../model/limits.ts'
import type { TagValue } from '../model/resource.ts'
import { type Candidates, findCandidates, gatherAll, rankSources } from './candidates.ts'
import type { Constraint } from './constraint.ts'
import { pause } from './pause.ts'
import { type RankedRow, RowOrder } from './row-order.ts'
import { RowTest } from './row-test.ts'
import type { Search } from './search.ts'
import { type Needs, noNeeds, TagReader, type ValueSources } from './tag-reader.ts'

export interface FindDependencies extends ValueSources {
  /** When files may be read: also to see what matches, only for what is asked of what matches, or never. */
  readonly fileAccess: 'Always' | 'Answers' | 'Never'
  /** What one search may find, 0 = no limit: of patients, studies or series, and of instances. */
  readonly limits: { readonly results: number; readonly instances: number }
  /** Default: 3,000 candidates, and what `model/limits.ts` says. */
  readonly budget?: FindBudget
}

/** How much one search may do. */
export interface FindBudget {
  /** Rows that an index may give for them to be looked at one by one, rather than found while walking in order. */
  readonly candidates: number
  readonly rows: number
  readonly files: number
}

const usualBudget: FindBudget = {
  candidates: 3000,
  rows: limits.searchedRows,
  files: limits.searchedFiles,
}

const tooBroad = (rows: number): DomainError =>
  new DomainError('BadRequest', `The search would have to look at more than ${rows} resources`)

export interface Hit {
  readonly id: string
  /** Of the tags asked for. */
  readonly tags: ReadonlyMap<Tag, TagValue | undefined>
}

/** Rows that are read together. */
const rowsPerPage = 200

type KeyPages = Iterable<readonly number[]>

interface KeysInOrder {
  readonly keys: KeyPages
  /** By the first term that was asked for. */
  readonly isOrdered: boolean
  readonly settled: Constraint | undefined
}

interface Plan {
  readonly keys: KeyPages
  readonly isOrdered: boolean
  readonly test: RowTest
}

/** Searches for all edges: what matches, in order, page by page. */
export class Find {
  readonly #with: FindDependencies
  readonly #budget: FindBudget

  constructor(dependencies: FindDependencies) {
    this.#with = dependencies
    this.#budget = dependencies.budget ?? usualBudget
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
    for await (const row of this.#slice(search, reader)) {
      yield { id: row.id, tags: wanted.length === 0 ? noTags : await reader.read(row) }
    }
  }

  /** The number of what matches. Errors: as `find`; `BadRequest` for constraints on what only files tell. */
  async count(search: Search): Promise<number> {
    const all = { ...search, since: 0, limit: 0, order: [] }
    const whole = this.#testOf(all)
    if (whole.readsFiles) throw new DomainError('BadRequest', 'Only tags of the catalog can be counted by')
    const needs = noNeeds()
    const { keys, test } = await this.#plan(all, new RowOrder(all, this.#with), whole)
    test.addNeeds(needs)
    let count = 0
    // Of what the index has settled no row need be seen.
    const pages = test.isUniversal ? this.#unseen(keys) : this.#matching(all, keys, needs, test)
    for await (const page of pages) count += page.length
    return count
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

  #testOf(search: Search): RowTest {
    const files = this.#with.fileAccess === 'Always' ? this.#budget.files : 0
    return new RowTest(search, this.#with, files)
  }

  async *#slice(search: Search, reader: TagReader): AsyncGenerator<SearchRow> {
    const { since, limit } = search
    const needs = noNeeds()
    reader.addNeeds(needs)
    let position = 0
    for await (const page of this.#pages(search, needs)) {
      for (const row of page) {
        position++
        if (position > since) yield row
        if (limit > 0 && position >= since + limit) return
      }
    }
  }

  async *#pages(search: Search, needs: Needs): AsyncGenerator<readonly SearchRow[]> {
    const whole = this.#testOf(search)
    if (search.since > 0 && whole.readsFiles) {
      throw new DomainError('BadRequest', '"Since" goes with tags of the catalog alone')
    }
    const order = new RowOrder(search, this.#with)
    const { keys, isOrdered, test } = await this.#plan(search, order, whole)
    test.addNeeds(needs)
    order.addNeeds(needs)
    const matching = this.#matching(search, keys, needs, test)
    if (order.isArrival) yield* matching
    else yield* isOrdered ? orderTies(matching, order) : sortAll(matching, order)
  }

  /** Where to look, and what is still to be tested there. */
  async #plan(search: Search, order: RowOrder, whole: RowTest): Promise<Plan> {
    const { keys, isOrdered, settled } = await this.#keysOf(search, order, whole)
    const left = search.constraints.filter((constraint) => constraint !== settled)
    return {
      keys,
      isOrdered,
      test: settled === undefined ? whole : this.#testOf({ ...search, constraints: left }),
    }
  }

  /** The keys to look at: candidates from an index, or all in the order asked for. */
  async #keysOf(search: Search, order: RowOrder, test: RowTest): Promise<KeysInOrder> {
    const catalog = this.#with.search
    const sources = test.isUniversal ? [] : rankSources(search, this.#with)
    const few = await findCandidates(catalog, sources, this.#budget.candidates, pause)
    if (few !== undefined) return this.#below(few, search.level)
    const walkable = order.isArrival || order.walkable !== undefined
    if (search.limit === 0 || !walkable) {
      const many = await gatherAll(catalog, sources, this.#budget.rows, pause)
      if (many !== undefined) return this.#below(many, search.level)
    }
    return { keys: this.#walk(search.level, order), isOrdered: true, settled: undefined }
  }

  /** In order of arrival of the candidates, and of what is below each. */
  #below({ level, keys, settled }: Candidates, target: Level): KeysInOrder {
    return { keys: this.#with.search.descend([keys], level, target), isOrdered: false, settled }
  }

  #walk(level: Level, order: RowOrder): KeyPages {
    const catalog = this.#with.search
    const { walkable } = order
    if (walkable === undefined) return catalog.walk(level, 'ascending')
    const pages = catalog.walkColumn(walkable.level, walkable.column, walkable.direction)
    return catalog.descend(keysOf(pages), walkable.level, level)
  }

  async *#unseen(pages: KeyPages): AsyncGenerator<readonly number[]> {
    let count = 0
    for (const page of pages) {
      if (count > 0) await pause()
      count += page.length
      if (count > this.#budget.rows) throw tooBroad(this.#budget.rows)
      yield page
    }
  }

  async *#matching(
    { level, since, limit }: Search,
    pages: KeyPages,
    needs: Needs,
    test: RowTest,
  ): AsyncGenerator<readonly SearchRow[]> {
    const read = this.#with.search.rowReader(level, needs)
    const size = limit > 0 ? Math.min(Math.max(since + limit, 16), rowsPerPage) : rowsPerPage
    let seen = 0
    for (const keys of pages) {
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

function* keysOf(pages: Iterable<readonly { readonly key: number }[]>): Generator<readonly number[]> {
  for (const page of pages) yield page.map(({ key }) => key)
}

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
