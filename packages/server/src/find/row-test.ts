import type { Tag } from '@kingsfoil/dicom'
import type { SearchRow } from '../catalog/search/read-rows.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Level } from '../model/level.ts'
import type { Constraint } from './constraint.ts'
import { elementValue } from './data-set-value.ts'
import { compileConstraint, type ValueTest } from './matching/compile.ts'
import type { TagPlace } from './query-tag.ts'
import type { LabelQuery, Search } from './search.ts'
import { addNeed, headerBelow, type Needs, readValue, type ValueSources } from './tag-reader.ts'

interface PlacedTest {
  readonly tag: Tag
  readonly place: TagPlace
  readonly test: ValueTest
}

/** Whether a row is what a search looks for: cheap questions come first, files last. */
export class RowTest {
  readonly #search: Search
  readonly #sources: ValueSources
  readonly #tests: readonly PlacedTest[]
  readonly #fileTests: readonly PlacedTest[]
  readonly #metadataTests: readonly { readonly number: number; readonly test: ValueTest }[]
  readonly #ancestors: readonly { readonly level: Level; readonly key: number | undefined }[]
  readonly #mostFiles: number
  #filesRead = 0

  /** `mostFiles`: that may be read; with 0, what only files tell counts as missing. */
  constructor(search: Search, sources: ValueSources, mostFiles: number) {
    this.#search = search
    this.#mostFiles = mostFiles
    this.#sources = sources
    const placed = search.constraints
      .filter(({ matcher }) => matcher.kind !== 'universal')
      .map((constraint) => place(constraint, search.level, sources))
      .sort((one, other) => cost(one.place) - cost(other.place))
    const isFile = ({ place: { kind } }: PlacedTest) => kind === 'file' && mostFiles > 0
    this.#fileTests = placed.filter(isFile)
    this.#tests = placed.filter((test) => !isFile(test))
    this.#metadataTests = search.metadata.map(({ number, matcher }) => ({
      number,
      test: compileConstraint({ tag: 0, vr: 'LO', isMultiple: false, folding: 'none', matcher }),
    }))
    this.#ancestors = search.ancestors.map(({ level, id }) => ({
      level,
      key: sources.search.keyOf(level, id),
    }))
  }

  get readsFiles(): boolean {
    return this.#fileTests.length > 0
  }

  /** Nothing is asked for. */
  get isUniversal(): boolean {
    const { metadata, labels, ancestors } = this.#search
    return (
      this.#tests.length + this.#fileTests.length + metadata.length + ancestors.length === 0 &&
      labels === undefined
    )
  }

  addNeeds(needs: Needs): void {
    for (const { tag, place } of this.#tests) addNeed(needs, tag, place)
    for (const { level } of this.#ancestors) needs.keys.add(level)
    if (this.#metadataTests.length > 0) needs.metadata = true
  }

  /** The rows that pass, in their order. Errors: `BadRequest` when too many files would have to be read. */
  async filter(rows: readonly SearchRow[]): Promise<readonly SearchRow[]> {
    const labelled = this.#filterByLabels(rows.filter((row) => this.#passes(row)))
    if (!this.readsFiles) return labelled
    const passed: SearchRow[] = []
    for (const row of labelled) if (await this.#passesInFile(row)) passed.push(row)
    return passed
  }

  #passes(row: SearchRow): boolean {
    const { search } = this.#sources
    return (
      this.#ancestors.every(({ level, key }) => key !== undefined && row.keys[level] === key) &&
      this.#metadataTests.every(({ number, test }) => test(row.metadata[number])) &&
      this.#tests.every(({ tag, place: at, test }) => test(readValue(search, row, tag, at)))
    )
  }

  #filterByLabels(rows: readonly SearchRow[]): readonly SearchRow[] {
    const { labels, level } = this.#search
    if (labels === undefined || rows.length === 0) return rows
    const found = this.#sources.search.labelsOf(
      level,
      rows.map(({ key }) => key),
    )
    return rows.filter(({ key }) => hasLabels(found.get(key) ?? new Set(), labels))
  }

  async #passesInFile({ key }: SearchRow): Promise<boolean> {
    this.#filesRead++
    if (this.#filesRead > this.#mostFiles) {
      throw new DomainError('BadRequest', `The search would have to read more than ${this.#mostFiles} files`)
    }
    const header = await headerBelow(this.#sources, this.#search.level, key)
    if (header === undefined) return false
    return this.#fileTests.every(({ tag, test }) => test(elementValue(header, tag, this.#sources.text)))
  }
}

const place = (constraint: Constraint, level: Level, { places }: ValueSources): PlacedTest => ({
  tag: constraint.tag,
  place: places.find(constraint.tag, level),
  test: compileConstraint(constraint),
})

const costs: Readonly<Record<TagPlace['kind'], number>> = {
  below: 0,
  main: 1,
  metadata: 1,
  computed: 2,
  file: 3,
}

const cost = ({ kind }: TagPlace): number => costs[kind]

function hasLabels(found: ReadonlySet<string>, { labels, constraint }: LabelQuery): boolean {
  switch (constraint) {
    case 'All':
      return labels.every((label) => found.has(label))
    case 'Any':
      return labels.some((label) => found.has(label))
    case 'None':
      return labels.length === 0 ? found.size === 0 : !labels.some((label) => found.has(label))
  }
}
