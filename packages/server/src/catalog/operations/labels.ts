import type { Level } from '../../model/level.ts'
import { hasId } from '../instance-ids.ts'
import { levelCode, tableOf, toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { findKey } from './find-key.ts'

export interface Labelling {
  readonly level: Level
  readonly id: string
  readonly label: string
  readonly isSet: boolean
}

/** False for an unknown resource. */
export function setLabel(session: Session, { level, id, label, isSet }: Labelling): boolean {
  const key = findKey(session, level, id)
  if (key === undefined) return false
  const sql = isSet
    ? 'INSERT OR IGNORE INTO labels (level, resource, label) VALUES (?, ?, ?)'
    : 'DELETE FROM labels WHERE level = ? AND resource = ? AND label = ?'
  session.run(sql, levelCode(level), key, label)
  return true
}

/** In alphabetical order; undefined for an unknown resource. */
export function listLabels(session: Session, level: Level, id: string): readonly string[] | undefined {
  const sql = `SELECT (SELECT json_group_array(label) FROM (
      SELECT label FROM labels WHERE level = ?1 AND resource = t.key ORDER BY label
    )) AS labels FROM ${tableOf[level]} t WHERE ${hasId(level, 't', '?2')}`
  const row = session.get(sql, levelCode(level), toBytes(id))
  return row === undefined ? undefined : (JSON.parse(String(row.labels)) as readonly string[])
}

/** Every label that any resource has, in alphabetical order: one seek in the index for each. */
export function listAllLabels(session: Session): readonly string[] {
  const labels = new Set<string>()
  for (let level = 0; level < 4; level++) {
    let last: string | undefined = ''
    while (last !== undefined) {
      const sql = 'SELECT label FROM labels WHERE level = ? AND label > ? ORDER BY label LIMIT 1'
      const row = session.get(sql, level, last)
      last = row === undefined ? undefined : String(row.label)
      if (last !== undefined) labels.add(last)
    }
  }
  return [...labels].sort()
}
