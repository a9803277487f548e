import type { Level } from '../../model/level.ts'
import { findKey } from '../operations/find-key.ts'
import type { ColumnName } from '../search-columns.ts'
import { tableOf } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { countKeys, findKeys, type KeyPages } from './find-keys.ts'
import { afterPrefix, type ColumnSource, type KeySource, type ValuesSource } from './key-source.ts'
import { countBelow, labelsOf, modalitiesIn, sopClassesIn } from './read-related.ts'
import { createRowReader, type RowNeeds, type SearchRow } from './read-rows.ts'
import { ancestorsOf, ascend, descend, firstInstance } from './relatives.ts'
import { type Direction, walkColumn } from './walk-column.ts'
import { walkKeys } from './walk-keys.ts'

/**
 * Reads for searches, by the keys of rows. Everything comes page by page, each page from one indexed statement: who
 * goes on only after having let others run never holds them up.
 */
export class CatalogSearch {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  keyOf(level: Level, id: string): number | undefined {
    return findKey(this.#session, level, id)
  }

  /** A key may come more than once. */
  find(source: KeySource): KeyPages {
    return findKeys(this.#session, source)
  }

  /** The number of distinct keys that `find` gives, in parts. */
  count(source: ValuesSource): Generator<number> {
    return countKeys(this.#session, source)
  }

  /** All rows of a level in order of arrival, or the newest first. */
  walk(level: Level, direction: Direction): KeyPages {
    return walkKeys(this.#session, tableOf[level], direction)
  }

  /** All rows of a level by a column, those without a value last. */
  *walkColumn(level: Level, column: ColumnName, direction: Direction): KeyPages {
    const order = { table: tableOf[level], column, direction }
    yield* walkColumn(this.#session, order, { from: '\u0000', below: afterPrefix('') })
    yield* walkColumn(this.#session, order, { from: '', below: '\u0000' })
  }

  /** What lies below rows, in their order; `filters` are of the levels below them. */
  descend(
    pages: Iterable<readonly number[]>,
    from: Level,
    to: Level,
    filters: readonly ColumnSource[] = [],
  ): KeyPages {
    return descend(this.#session, pages, from, to, filters)
  }

  ascend(keys: readonly number[], from: Level, to: Level): readonly number[] {
    return ascend(this.#session, keys, from, to)
  }

  /** One for each key; undefined for rows that are gone. */
  ancestorsOf(keys: readonly number[], from: Level, to: Level): readonly (number | undefined)[] {
    return ancestorsOf(this.#session, keys, from, to)
  }

  /** Rows come in the order of their keys; those that are gone are left out. */
  rowReader(level: Level, needs: RowNeeds): (keys: readonly number[]) => readonly SearchRow[] {
    return createRowReader(this.#session, level, needs)
  }

  labelsOf(level: Level, keys: readonly number[]): ReadonlyMap<number, ReadonlySet<string>> {
    return labelsOf(this.#session, level, keys)
  }

  countBelow(level: Level, key: number, of: Level): number {
    return countBelow(this.#session, level, key, of)
  }

  modalitiesIn(study: number): readonly string[] {
    return modalitiesIn(this.#session, study)
  }

  sopClassesIn(study: number): readonly string[] {
    return sopClassesIn(this.#session, study)
  }

  firstInstance(level: Level, key: number): string | undefined {
    return firstInstance(this.#session, level, key)
  }
}
