import { formatTag, type Tag } from '@kingsfoil/dicom'
import type { SearchRow } from '../catalog/search/read-rows.ts'
import { type ColumnName, foldTag, searchColumns } from '../catalog/search-columns.ts'
import type { Level } from '../model/level.ts'
import { systemMetadata } from '../model/metadata.ts'
import type { TagPlace } from './query-tag.ts'
import type { OrderTerm, Search } from './search.ts'
import { addNeed, type Needs, readValue, type ValueSources } from './tag-reader.ts'

type OrderValue = string | number | undefined

interface OrderKey {
  readonly sign: 1 | -1
  valueOf(row: SearchRow): OrderValue
}

/** An index that has rows in the order asked for. */
export interface WalkableOrder {
  readonly level: Level
  readonly column: ColumnName
  readonly direction: OrderTerm['direction']
}

/** A row with what it is compared by. */
export interface RankedRow {
  readonly row: SearchRow
  readonly values: readonly OrderValue[]
}

/** The order of what a search finds. Missing values come last, whatever the direction. */
export class RowOrder {
  readonly #terms: readonly { readonly term: OrderTerm; readonly place: TagPlace }[]
  readonly #keys: readonly OrderKey[]
  readonly #level: Level

  constructor({ order, level }: Search, sources: ValueSources) {
    this.#level = level
    this.#terms = order.map((term) => ({ term, place: placeOf(term, level, sources) }))
    this.#keys = this.#terms.map(({ term, place }) => ({
      sign: term.direction === 'ascending' ? 1 : -1,
      valueOf: (row) => {
        const tag = term.by.kind === 'tag' ? term.by.tag : 0
        const value = readValue(sources.search, row, tag, place)
        if (typeof value !== 'string' || value === '') return undefined
        return term.as === 'number'
          ? numberOf(value)
          : term.by.kind === 'tag'
            ? foldTag(formatTag(tag), value)
            : value
      },
    }))
  }

  get isArrival(): boolean {
    return this.#keys.length === 0
  }

  addNeeds(needs: Needs): void {
    for (const { term, place } of this.#terms) addNeed(needs, term.by.kind === 'tag' ? term.by.tag : 0, place)
  }

  /** Undefined when no index has the order of the first term. */
  get walkable(): WalkableOrder | undefined {
    const [first] = this.#terms
    if (first === undefined || first.term.as === 'number') return undefined
    const { by, direction } = first.term
    if (by.kind === 'metadata') {
      const isKept = by.number === systemMetadata.LastUpdate && this.#level !== 'Instance'
      return isKept ? { level: this.#level, column: 'last_update', direction } : undefined
    }
    return first.place.kind === 'main' ? columnOf(by.tag, first.place.level, direction) : undefined
  }

  rank(row: SearchRow): RankedRow {
    return { row, values: this.#keys.map((key) => key.valueOf(row)) }
  }

  /** Whether the first term leaves anything to the others. */
  get hasTies(): boolean {
    return this.#keys.length > 1
  }

  isTie(one: RankedRow, other: RankedRow): boolean {
    return one.values[0] === other.values[0]
  }

  readonly compare = (one: RankedRow, other: RankedRow): number => {
    for (const [index, { sign }] of this.#keys.entries()) {
      const difference = compareValues(one.values[index], other.values[index], sign)
      if (difference !== 0) return difference
    }
    return (one.row.key - other.row.key) * (this.#keys[0]?.sign ?? 1)
  }
}

function placeOf({ by }: OrderTerm, level: Level, { places }: ValueSources): TagPlace {
  return by.kind === 'metadata' ? { kind: 'metadata', number: by.number } : places.find(by.tag, level)
}

function columnOf(tag: Tag, level: Level, direction: OrderTerm['direction']): WalkableOrder | undefined {
  const column = searchColumns[level].find((each) => each.tag === formatTag(tag))?.column
  return column === undefined ? undefined : { level, column, direction }
}

function numberOf(text: string): number | undefined {
  const number = Number(text.split('\\')[0])
  return Number.isFinite(number) ? number : undefined
}

function compareValues(one: OrderValue, other: OrderValue, sign: 1 | -1): number {
  if (one === other) return 0
  if (one === undefined) return 1
  if (other === undefined) return -1
  return (one < other ? -1 : 1) * sign
}
