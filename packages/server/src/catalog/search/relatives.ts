import { childLevel, type Level, levels, parentLevel } from '../../model/level.ts'
import { levelCode, tableOf, toId } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { type KeyPages, paged } from './find-keys.ts'
import { keysPerPage } from './walk-column.ts'

/** Parents whose children are asked for together. */
const parentsPerPage = 200

/** Keys at the level `to`, at `from` or below it, of what lies below the rows of `pages`, in the order of these. */
export function* descend(
  session: Session,
  pages: Iterable<readonly number[]>,
  from: Level,
  to: Level,
): KeyPages {
  const below = childLevel(from)
  if (from === to || below === undefined) yield* pages
  else if (below === 'Instance') yield* instancesOf(session, pages)
  else yield* descend(session, childrenOf(session, pages, below), below, to)
}

function* childrenOf(session: Session, pages: Iterable<readonly number[]>, level: Level): KeyPages {
  const sql = `SELECT parent, key FROM ${tableOf[level]} WHERE parent IN (SELECT value FROM json_each(?)) ORDER BY key`
  for (const page of pages) {
    for (let start = 0; start < page.length; start += parentsPerPage) {
      const parents = page.slice(start, start + parentsPerPage)
      const children = Map.groupBy(session.list(sql, JSON.stringify(parents)), ([parent]) => Number(parent))
      yield parents.flatMap((parent) => (children.get(parent) ?? []).map(([, key]) => Number(key)))
    }
  }
}

/** A series may have more instances than one statement should read. */
function* instancesOf(session: Session, pages: Iterable<readonly number[]>): KeyPages {
  const sql = `SELECT key FROM instances WHERE parent = ? AND key > ? ORDER BY key LIMIT ${keysPerPage}`
  for (const page of pages) {
    for (const series of page) {
      yield* paged((after) => session.all(sql, series, after).map((row) => Number(row.key)))
    }
  }
}

/** The distinct keys of ancestors at the level `to`. */
export function ascend(session: Session, keys: readonly number[], from: Level, to: Level): readonly number[] {
  const above = parentLevel(from)
  if (from === to || above === undefined) return keys
  const sql = `SELECT DISTINCT parent FROM ${tableOf[from]} WHERE key IN (SELECT value FROM json_each(?))`
  const parents = session.all(sql, JSON.stringify(keys)).map((row) => Number(row.parent))
  return ascend(session, parents, above, to)
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
