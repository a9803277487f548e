import { type Level, levels } from '../../model/level.ts'
import { systemMetadata } from '../../model/metadata.ts'
import { levelCode, tableOf } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'

/** How many rows at the level `of` lie below one. */
export function countBelow(session: Session, level: Level, key: number, of: Level): number {
  const path = levels.slice(levelCode(level) + 1, levelCode(of))
  const parents = path.reduce(
    (keys, each) => `SELECT key FROM ${tableOf[each]} WHERE parent IN (${keys})`,
    '?',
  )
  const sql = `SELECT count(*) AS count FROM ${tableOf[of]} WHERE parent IN (${parents})`
  return Number(session.get(sql, key)?.count ?? 0)
}

/** The distinct values of Modality in the series of a study, in alphabetical order. */
export function modalitiesIn(session: Session, study: number): readonly string[] {
  const sql = `SELECT DISTINCT json_extract(tags, '$."0008,0060"') AS value FROM series WHERE parent = ? ORDER BY 1`
  return session.all(sql, study).flatMap((row) => (row.value === null ? [] : [String(row.value)]))
}

/** The distinct SOP classes of the instances of a study, in alphabetical order. */
export function sopClassesIn(session: Session, study: number): readonly string[] {
  const sql = `SELECT DISTINCT json_extract(metadata, '$."${systemMetadata.SopClassUid}"') AS value FROM instances
    WHERE parent IN (SELECT key FROM series WHERE parent = ?) ORDER BY 1`
  return session.all(sql, study).flatMap((row) => (row.value === null ? [] : [String(row.value)]))
}

/** Labels by key, of the rows that have any. */
export function labelsOf(
  session: Session,
  level: Level,
  keys: readonly number[],
): ReadonlyMap<number, ReadonlySet<string>> {
  const sql = `SELECT resource, label FROM labels WHERE level = ? AND resource IN (SELECT value FROM json_each(?))`
  const found = new Map<number, Set<string>>()
  for (const row of session.all(sql, levelCode(level), JSON.stringify(keys))) {
    const key = Number(row.resource)
    const labels = found.get(key)
    if (labels === undefined) found.set(key, new Set([String(row.label)]))
    else labels.add(String(row.label))
  }
  return found
}
