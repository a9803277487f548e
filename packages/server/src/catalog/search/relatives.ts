import { childLevel, type Level, levels, parentLevel } from '../../model/level.ts'
import { levelCode, tableOf, toId } from '../sqlite/columns.ts'
import type { Session, SqlValue } from '../sqlite/session.ts'
import { type KeyPages, paged } from './find-keys.ts'
import type { ColumnSource } from './key-source.ts'
import { idsOf } from './read-ids.ts'
import { readKeys, toKeys } from './read-keys.ts'
import { isAscending } from './read-rows.ts'
import { keysPerPage } from './walk-column.ts'

/** A range is read faster than a list of keys, unless that many times as many lie in it. */
const densest = 2

/** Parents whose children are asked for together. */
const parentsPerPage = 200

/**
 * Keys at the level `to`, at `from` or below it, of what lies below the rows of `pages`, in the order of these. Of what
 * lies below `from`, only what the filters let through.
 */
export function* descend(
  session: Session,
  pages: Iterable<readonly number[]>,
  from: Level,
  to: Level,
  filters: readonly ColumnSource[] = [],
): KeyPages {
  const below = childLevel(from)
  if (from === to || below === undefined) yield* pages
  else if (below === 'Instance') yield* instancesOf(session, pages)
  else yield* descend(session, childrenOf(session, pages, below, filters), below, to, filters)
}

/** The planner may not look for children by what filters them: most such children belong to others. */
function* childrenOf(
  session: Session,
  pages: Iterable<readonly number[]>,
  level: Level,
  filters: readonly ColumnSource[],
): KeyPages {
  const conditions = filters.filter((each) => each.level === level).map(conditionOf)
  const sql = `SELECT group_concat(key), group_concat(parent) FROM (
      SELECT parent, key FROM ${tableOf[level]} WHERE parent IN (SELECT value FROM json_each(?))
      ${conditions.map((each) => `AND ${each.sql}`).join(' ')} ORDER BY parent, key
    )`
  const values = conditions.flatMap((each) => each.values)
  for (const page of pages) {
    for (let start = 0; start < page.length; start += parentsPerPage) {
      const parents = page.slice(start, start + parentsPerPage)
      const [row] = session.list(sql, JSON.stringify(parents), ...values)
      const children = toKeys(row?.[0])
      yield isAscending(parents) ? children : inOrderOf(parents, children, toKeys(row?.[1]))
    }
  }
}

function inOrderOf(
  parents: readonly number[],
  children: readonly number[],
  parentOf: readonly number[],
): readonly number[] {
  const byParent = Map.groupBy(children, (_, index) => parentOf[index])
  return parents.flatMap((parent) => byParent.get(parent) ?? [])
}

/** In SQL. The plus keeps the column's own index out of the plan (sqlite.org/optoverview.html 4.1). */
function conditionOf(source: ColumnSource): { readonly sql: string; readonly values: readonly string[] } {
  if (source.kind === 'values') {
    const sql = `+${source.column} IN (SELECT value FROM json_each(?))`
    return { sql, values: [JSON.stringify(source.values)] }
  }
  const ranges = source.ranges.map(() => `+${source.column} >= ? AND +${source.column} < ?`)
  return {
    sql: `(${ranges.join(' OR ')})`,
    values: source.ranges.flatMap(({ from, below }) => [from, below]),
  }
}

/** A series may have more instances than one statement should read. */
function* instancesOf(session: Session, pages: Iterable<readonly number[]>): KeyPages {
  const sql = `SELECT key FROM instances WHERE parent = ? AND key > ? ORDER BY key LIMIT ${keysPerPage}`
  for (const page of pages) {
    for (const series of page) {
      yield* paged((after) => readKeys(session, sql, series, after))
    }
  }
}

/** The distinct keys of ancestors at the level `to`. */
export function ascend(session: Session, keys: readonly number[], from: Level, to: Level): readonly number[] {
  const above = parentLevel(from)
  if (from === to || above === undefined) return keys
  const sql = `SELECT DISTINCT parent AS key FROM ${tableOf[from]} WHERE key IN (SELECT value FROM json_each(?))`
  return ascend(session, readKeys(session, sql, JSON.stringify(keys)), above, to)
}

/** The key of the ancestor at the level `to` of each; undefined for rows that are gone. */
export function ancestorsOf(
  session: Session,
  keys: readonly number[],
  from: Level,
  to: Level,
): readonly (number | undefined)[] {
  let below = 't'
  const joins: string[] = []
  for (let above = parentLevel(from); above !== undefined && above !== to; above = parentLevel(above)) {
    const table = tableOf[above]
    joins.push(`JOIN ${idsOf[above](table)} ON ${table}.key = ${below}.parent`)
    below = table
  }
  const rows = `SELECT t.key AS key, ${below}.parent AS above FROM ${idsOf[from]('t')} ${joins.join(' ')}`
  const read = (condition: string, ...values: readonly SqlValue[]) => {
    const sql = `SELECT group_concat(key), group_concat(above) FROM (${rows} WHERE ${condition} ORDER BY t.key)`
    const [row] = session.list(sql, ...values)
    return [toKeys(row?.[0]), toKeys(row?.[1])] as const
  }
  if (!isAscending(keys)) {
    const [found, above] = read(amongKeys, JSON.stringify(keys))
    const byKey = new Map(found.map((key, index) => [key, above[index]]))
    return keys.map((key) => byKey.get(key))
  }
  const [first = 0, last = 0] = [keys.at(0), keys.at(-1)]
  const isDense = last - first < keys.length * densest
  const [found, above] = isDense
    ? read('t.key BETWEEN ? AND ?', first, last)
    : read(amongKeys, JSON.stringify(keys))
  return pick(keys, found, above)
}

const amongKeys = 't.key IN (SELECT value FROM json_each(?))'

/** The values of what is found, for keys of which all are ascending. */
function pick(
  keys: readonly number[],
  found: readonly number[],
  values: readonly number[],
): readonly (number | undefined)[] {
  let at = 0
  return keys.map((key) => {
    while (at < found.length && (found[at] ?? key) < key) at++
    return found[at] === key ? values[at] : undefined
  })
}

/** The id of the first instance below a row. */
export function firstInstance(session: Session, level: Level, key: number): string | undefined {
  let at = key
  for (const below of levels.slice(levelCode(level) + 1)) {
    const sql = `SELECT key FROM ${tableOf[below]} WHERE parent = ? ORDER BY key LIMIT 1`
    const row = session.get(sql, at)
    if (row === undefined) return undefined
    at = Number(row.key)
  }
  const row = session.get('SELECT id FROM instances WHERE key = ?', at)
  return row === undefined ? undefined : toId(row.id)
}
