import type { Session } from '../sqlite/session.ts'
import type { KeyPages } from './find-keys.ts'
import type { TextRange } from './key-source.ts'
import { toKeys } from './read-keys.ts'

/** Keys that one statement gives at the most: it takes a millisecond or less. */
export const keysPerPage = 1000

export type Direction = 'ascending' | 'descending'

/** Rows of a range of an indexed column, by value and then by arrival, page by page. */
export function* walkColumn(
  session: Session,
  { table, column, direction }: { table: string; column: string; direction: Direction },
  range: TextRange,
): KeyPages {
  const isUp = direction === 'ascending'
  const way = isUp ? 'ASC' : 'DESC'
  const select = `SELECT ${column} AS value, key FROM ${table}`
  const first = `${select} WHERE ${column} >= ? AND ${column} < ? ORDER BY ${column} ${way}, key ${way} LIMIT ?`
  // A row-value comparison would read all rows of the last value again: there may be many.
  const same = `${select} WHERE ${column} = ? AND key ${isUp ? '>' : '<'} ? ORDER BY key ${way} LIMIT ?`
  const other = isUp
    ? `${select} WHERE ${column} > ? AND ${column} < ? ORDER BY ${column} ASC, key ASC LIMIT ?`
    : first
  const read = (sql: string, ...values: readonly (string | number)[]) => {
    const joined = `SELECT group_concat(key), ${isUp ? 'max' : 'min'}(value) FROM (${sql})`
    const [row] = session.list(joined, ...values)
    return { keys: toKeys(row?.[0]), value: row?.[1] }
  }
  let { keys, value } = read(first, range.from, range.below, keysPerPage)
  while (keys.length > 0) {
    yield keys
    const last = keys.at(-1)
    if (last === undefined || keys.length < keysPerPage) return
    const before = String(value)
    ;({ keys } = read(same, before, last, keysPerPage))
    const left = keysPerPage - keys.length
    if (left === 0) continue
    const [from, below] = isUp ? [before, range.below] : [range.from, before]
    const more = read(other, from, below, left)
    keys = [...keys, ...more.keys]
    value = more.value ?? before
  }
}
