import type { Session } from '../sqlite/session.ts'
import type { TextRange } from './key-source.ts'

/** Keys that one statement gives at the most: it takes a millisecond or less. */
export const keysPerPage = 1000

export type Direction = 'ascending' | 'descending'

export interface Position {
  readonly value: string
  readonly key: number
}

export type PositionPages = Generator<readonly Position[], void, undefined>

/** Rows of a range of an indexed column, by value and then by arrival, page by page. */
export function* walkColumn(
  session: Session,
  { table, column, direction }: { table: string; column: string; direction: Direction },
  range: TextRange,
): PositionPages {
  const isUp = direction === 'ascending'
  const way = isUp ? 'ASC' : 'DESC'
  const select = `SELECT ${column} AS value, key FROM ${table}`
  const first = `${select} WHERE ${column} >= ? AND ${column} < ? ORDER BY ${column} ${way}, key ${way} LIMIT ?`
  // A row-value comparison would read all rows of the last value again: there may be many.
  const same = `${select} WHERE ${column} = ? AND key ${isUp ? '>' : '<'} ? ORDER BY key ${way} LIMIT ?`
  const other = isUp
    ? `${select} WHERE ${column} > ? AND ${column} < ? ORDER BY ${column} ASC, key ASC LIMIT ?`
    : first
  const read = (sql: string, ...values: readonly (string | number)[]) =>
    session.list(sql, ...values).map(([value, key]) => ({ value: String(value), key: Number(key) }))
  let page = read(first, range.from, range.below, keysPerPage)
  while (page.length > 0) {
    yield page
    const last = page.at(-1)
    if (last === undefined || page.length < keysPerPage) return
    page = read(same, last.value, last.key, keysPerPage)
    const left = keysPerPage - page.length
    const [from, below] = isUp ? [last.value, range.below] : [range.from, last.value]
    if (left > 0) page.push(...read(other, from, below, left))
  }
}
