import type { Level } from '../../model/level.ts'
import { hasId } from '../instance-ids.ts'
import { tableOf, toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'

/** The key of a resource's row; undefined for an unknown one. */
export function findKey(session: Session, level: Level, id: string): number | undefined {
  const row = session.get(`SELECT key FROM ${tableOf[level]} t WHERE ${hasId(level, 't', '?1')}`, toBytes(id))
  return row === undefined ? undefined : Number(row.key)
}
