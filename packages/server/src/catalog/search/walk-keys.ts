import type { Session } from '../sqlite/session.ts'
import type { KeyPages } from './find-keys.ts'
import { readKeys } from './read-keys.ts'
import { type Direction, keysPerPage } from './walk-column.ts'

/** All rows of a table in order of arrival, or the newest first. */
export function* walkKeys(session: Session, table: string, direction: Direction): KeyPages {
  const [compare, way] = direction === 'ascending' ? ['>', 'ASC'] : ['<', 'DESC']
  const sql = `SELECT key FROM ${table} WHERE key ${compare} ? ORDER BY key ${way} LIMIT ${keysPerPage}`
  let after = direction === 'ascending' ? 0 : Number.MAX_SAFE_INTEGER
  for (;;) {
    const page = readKeys(session, sql, after)
    if (page.length > 0) yield page
    if (page.length < keysPerPage) return
    after = page.at(-1) ?? after
  }
}
