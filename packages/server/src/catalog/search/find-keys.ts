import type { Level } from '../../model/level.ts'
import { findKey } from '../operations/find-key.ts'
import { uidHash, wordTableOf } from '../search-columns.ts'
import { levelCode, tableOf } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import type { KeySource, ValuesSource } from './key-source.ts'
import { readKeys } from './read-keys.ts'
import { keysPerPage, walkColumn } from './walk-column.ts'

export type KeyPages = Generator<readonly number[], void, undefined>

/** The keys of the rows that the source describes, page by page; a key may come again for another value. */
export function* findKeys(session: Session, source: KeySource): KeyPages {
  const table = tableOf[source.level]
  switch (source.kind) {
    case 'resource':
      yield withId(session, source)
      return
    case 'sopInstance':
      yield* withValues(session, table, 'uid_hash', source.uids.map(uidHash))
      return
    case 'values':
      yield* withValues(session, table, source.column, source.values)
      return
    case 'ranges':
      for (const range of source.ranges) {
        const order = { table, column: source.column, direction: 'ascending' } as const
        yield* walkColumn(session, order, range)
      }
      return
    case 'words':
      for (const phrases of source.alternatives) {
        yield* withWords(session, wordTableOf[source.level], phrases)
      }
      return
    case 'labels':
      for (const label of source.labels) yield* withLabel(session, levelCode(source.level), label)
      return
  }
}

function withId(
  session: Session,
  { level, id }: { readonly level: Level; readonly id: string },
): readonly number[] {
  const key = findKey(session, level, id)
  return key === undefined ? [] : [key]
}

/** Goes on behind the last key until a page is not full. */
export function* paged(read: (after: number) => readonly number[]): KeyPages {
  let after = 0
  for (;;) {
    const page = read(after)
    if (page.length > 0) yield page
    if (page.length < keysPerPage) return
    after = page.at(-1) ?? after
  }
}

/** Values that are looked up one by one, because many rows may have each; of longer lists few will. */
const longList = 16

/** Values of a long list that one statement looks up. */
const valuesPerPage = 250

function* withValues(
  session: Session,
  table: string,
  column: string,
  values: readonly (string | number)[],
): KeyPages {
  if (values.length <= longList) {
    const sql = `SELECT key FROM ${table} WHERE ${column} = ? AND key > ? ORDER BY key LIMIT ${keysPerPage}`
    for (const value of values) yield* paged((after) => readKeys(session, sql, value, after))
    return
  }
  const sql = `SELECT key FROM ${table} WHERE ${column} IN (SELECT value FROM json_each(?))`
  for (let start = 0; start < values.length; start += valuesPerPage) {
    yield readKeys(session, sql, JSON.stringify(values.slice(start, start + valuesPerPage)))
  }
}

/** So many keys lie in what one statement counts: it takes a millisecond or two if all are counted. */
const countedPerPage = 50_000

/** How many rows have one of the values, in parts. */
export function* countKeys(
  session: Session,
  { level, column, values }: ValuesSource,
): Generator<number, void, undefined> {
  const table = tableOf[level]
  const sql = `SELECT count(*) FROM ${table} WHERE ${column} = ? AND key > ? AND key <= ?`
  const last = Number(session.list(`SELECT max(key) FROM ${table}`)[0]?.[0] ?? 0)
  for (const value of new Set(values)) {
    for (let after = 0; after < last; after += countedPerPage) {
      yield Number(session.list(sql, value, after, after + countedPerPage)[0]?.[0])
    }
  }
}

/** Quoted, so that nothing in a phrase is syntax of FTS5 (sqlite.org/fts5.html 3.1). */
const quote = (phrase: string): string => `"${phrase.replaceAll('"', '""').replaceAll('\0', ' ')}"`

function withWords(session: Session, table: string, phrases: readonly string[]): KeyPages {
  const sql = `SELECT rowid AS key FROM ${table} WHERE words MATCH ? AND rowid > ?
    ORDER BY rowid LIMIT ${keysPerPage}`
  const match = phrases.map(quote).join(' AND ')
  return paged((after) => readKeys(session, sql, match, after))
}

function withLabel(session: Session, level: number, label: string): KeyPages {
  const sql = `SELECT resource AS key FROM labels WHERE level = ? AND label = ? AND resource > ?
    ORDER BY resource LIMIT ${keysPerPage}`
  return paged((after) => readKeys(session, sql, level, label, after))
}
