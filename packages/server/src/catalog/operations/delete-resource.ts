import { childLevel, type Level, levels, parentLevel } from '../../model/level.ts'
import { prefixOf } from '../instance-ids.ts'
import { wordTableOf } from '../search-columns.ts'
import { levelCode, tableOf, toId } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { findKey } from './find-key.ts'

export interface ResourceName {
  readonly level: Level
  readonly id: string
}

export interface Deletion {
  /** The nearest ancestor that still has something below it. */
  readonly remainingAncestor: ResourceName | undefined
}

/** Deletes a resource, all below it and every ancestor left empty; undefined for an unknown id. */
export function deleteResource(session: Session, { level, id }: ResourceName): Deletion | undefined {
  const key = findKey(session, level, id)
  if (key === undefined) return undefined
  let top = { level, key }
  for (;;) {
    const parent = parentOf(session, top.level, top.key)
    if (parent === undefined) break
    if (countChildren(session, parent) > 1) {
      deleteTree(session, top.level, top.key)
      return { remainingAncestor: { level: parent.level, id: parent.id } }
    }
    top = parent
  }
  deleteTree(session, top.level, top.key)
  return { remainingAncestor: undefined }
}

interface Parent extends ResourceName {
  readonly key: number
}

function parentOf(session: Session, level: Level, key: number): Parent | undefined {
  const above = parentLevel(level)
  if (above === undefined) return undefined
  const sql = `SELECT p.key AS key, p.id AS id FROM ${tableOf[level]} c JOIN ${tableOf[above]} p ON p.key = c.parent
    WHERE c.key = ?`
  const row = session.get(sql, key)
  if (row === undefined) throw new Error(`A ${level} has no parent`)
  return { level: above, key: Number(row.key), id: toId(row.id) }
}

/** One, or more than one: the exact number is not needed, and would cost a scan. */
function countChildren(session: Session, { level, key }: { level: Level; key: number }): number {
  const below = childLevel(level)
  if (below === undefined) return 0
  return session.all(`SELECT key FROM ${tableOf[below]} WHERE parent = ? LIMIT 2`, key).length
}

/** Instances below a resource, counted to `limit` at the most. */
export function countInstances(session: Session, level: Level, key: number, limit: number): number {
  const below = level === 'Instance' ? 'key = ?1' : `parent IN (${keysBelow(level, 'Series')})`
  const sql = `SELECT count(*) AS count FROM (SELECT 1 FROM instances WHERE ${below} LIMIT ?2)`
  return Number(session.get(sql, key, limit)?.count)
}

/** Keys, at one level, of what lies below the resource bound to `?` (or of itself). */
export function keysBelow(from: Level, to: Level): string {
  if (from === to) return 'SELECT ?1'
  const above = parentLevel(to)
  if (above === undefined) throw new Error(`${to} is not below ${from}`)
  return `SELECT key FROM ${tableOf[to]} WHERE parent IN (${keysBelow(from, above)})`
}

function deleteTree(session: Session, from: Level, key: number): void {
  for (const level of levels.toReversed()) {
    if (levelCode(level) < levelCode(from)) break
    deleteRows(session, level, keysBelow(from, level), key)
  }
}

/** Deletes the first instances of a series, and leaves it empty if these are all. Gives their number. */
export function deleteInstancesOf(session: Session, series: number, limit: number): number {
  const keys = 'SELECT key FROM instances WHERE parent = ?1 ORDER BY key LIMIT ?2'
  return deleteRows(session, 'Instance', keys, series, limit)
}

/** Deletes rows of a level, and what hangs on them; `keys` is a query. Gives their number. */
function deleteRows(session: Session, level: Level, keys: string, ...values: readonly number[]): number {
  const table = tableOf[level]
  const ofThem = `level = ${levelCode(level)} AND resource IN (${keys})`
  if (level === 'Instance') {
    removeBlobs(session, `blob, ${prefixOf('id')}, key`, `instances WHERE key IN (${keys})`, values)
  }
  if (removeBlobs(session, 'blob, NULL, NULL', `attachments WHERE ${ofThem}`, values) > 0) {
    session.run(`DELETE FROM attachments WHERE ${ofThem}`, ...values)
  }
  session.run(`DELETE FROM changes WHERE ${ofThem}`, ...values)
  session.run(`DELETE FROM metadata_revisions WHERE ${ofThem}`, ...values)
  session.run(`DELETE FROM labels WHERE ${ofThem}`, ...values)
  if (level !== 'Instance') {
    session.run(`DELETE FROM ${wordTableOf[level]} WHERE rowid IN (${keys})`, ...values)
  }
  const deleted = session.run(`DELETE FROM ${table} WHERE key IN (${keys})`, ...values)
  session.run(`UPDATE totals SET ${table} = ${table} - ?`, deleted)
  return deleted
}

/** Notes the blobs of rows as removals, and takes their bytes off the totals. Gives their number. */
function removeBlobs(session: Session, columns: string, from: string, values: readonly number[]): number {
  const removed = session.run(`INSERT INTO removals SELECT ${columns} FROM ${from}`, ...values)
  if (removed === 0) return 0
  session.run(
    `UPDATE totals SET (bytes, uncompressed_bytes) =
       (SELECT bytes - total(coalesce(compressed_size, size)), uncompressed_bytes - total(size) FROM ${from})`,
    ...values,
  )
  return removed
}
