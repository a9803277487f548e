import { type ChangeType, changeTypes } from '../../model/change.ts'
import type { Level } from '../../model/level.ts'
import { levelCode } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'

/** Appends a row to the change feed, in the transaction of what it tells about. */
export function recordChange(
  session: Session,
  type: ChangeType,
  level: Level,
  resource: { readonly key: number; readonly id: Uint8Array },
  date: string,
): void {
  session.run(
    'INSERT INTO changes (type, level, resource, id, date) VALUES (?, ?, ?, ?, ?)',
    changeTypes[type],
    levelCode(level),
    resource.key,
    resource.id,
    date,
  )
}
