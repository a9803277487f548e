import type { Level } from '../../model/level.ts'
import { hasId } from '../instance-ids.ts'
import { levelCode, levelOfCode, tableOf, toBytes, toId } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import {
  countInstances,
  type Deletion,
  deleteInstancesOf,
  deleteResource,
  keysBelow,
  type ResourceName,
} from './delete-resource.ts'

export interface SliceRequest extends ResourceName {
  /** The most instances that are deleted in one transaction. */
  readonly limit: number
  /** Of a patient: nothing is done when it has another turn to be recycled by now. */
  readonly ifTurn?: number
}

/**
 * Deletes as much of a resource as one transaction should: all of it, or, when more than `limit` instances are below
 * it, that many. What is left then is noted, and `listDeletions` names it; undefined for an unknown resource.
 */
export function deleteSlice(
  session: Session,
  { level, id, limit, ifTurn }: SliceRequest,
): Deletion | 'Unfinished' | undefined {
  const bytes = toBytes(id)
  const turn = level === 'Patient' ? 'turn' : 'NULL AS turn'
  const row = session.get(
    `SELECT key, ${turn} FROM ${tableOf[level]} t WHERE ${hasId(level, 't', '?1')}`,
    bytes,
  )
  if (row !== undefined && ifTurn !== undefined && row.turn !== ifTurn) return undefined
  const key = Number(row?.key)
  if (row === undefined || countInstances(session, level, key, limit + 1) <= limit) {
    session.run('DELETE FROM deletions WHERE level = ? AND id = ?', levelCode(level), bytes)
    return deleteResource(session, { level, id })
  }
  session.run('INSERT OR IGNORE INTO deletions (level, id) VALUES (?, ?)', levelCode(level), bytes)
  for (let left = limit; left > 0; ) left -= deleteFromFirstSeries(session, level, key, left)
  return 'Unfinished'
}

/** Gives the number of instances. Something below the resource has to be left. */
function deleteFromFirstSeries(session: Session, level: Level, key: number, limit: number): number {
  const sql = `SELECT key, id FROM series WHERE key IN (${keysBelow(level, 'Series')}) ORDER BY key LIMIT 1`
  const row = session.get(sql, key)
  if (row === undefined) throw new Error('Instances without a series')
  const count = countInstances(session, 'Series', Number(row.key), limit + 1)
  if (count > limit) return deleteInstancesOf(session, Number(row.key), limit)
  deleteResource(session, { level: 'Series', id: toId(row.id) })
  return count
}

/** What an earlier process began to delete. */
export function listDeletions(session: Session): readonly ResourceName[] {
  return session
    .all('SELECT level, id FROM deletions')
    .map((row) => ({ level: levelOfCode(row.level), id: toId(row.id) }))
}
