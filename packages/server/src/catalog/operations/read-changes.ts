import { type Change, type ChangePage, type ChangeType, changeTypes } from '../../model/change.ts'
import { levelOfCode, type Row, toId } from '../sqlite/columns.ts'
import type { Session, SqlValue } from '../sqlite/session.ts'

export interface ChangeQuery {
  /** Sequence number after which to start. */
  readonly since?: number
  /** Last sequence number wanted. */
  readonly to?: number
  readonly types?: readonly ChangeType[]
  readonly limit: number
}

const typeNames = new Map<number, ChangeType>(
  Object.entries(changeTypes).map(([name, code]) => [code, name as ChangeType]),
)

/** A page of the feed, ascending; with `to` and no `since`, the newest ones up to `to`. */
export function readChanges(session: Session, query: ChangeQuery): ChangePage {
  const backwards = query.to !== undefined && query.since === undefined
  const conditions = ['sequence > ?', 'sequence <= ?']
  const values: SqlValue[] = [query.since ?? 0, query.to ?? Number.MAX_SAFE_INTEGER]
  if (query.types !== undefined) {
    conditions.push('type IN (SELECT value FROM json_each(?))')
    values.push(JSON.stringify(query.types.map((type) => changeTypes[type])))
  }
  const rows = session.all(
    `SELECT sequence, type, level, id, date FROM changes WHERE ${conditions.join(' AND ')}
     ORDER BY sequence ${backwards ? 'DESC' : 'ASC'} LIMIT ?`,
    ...values,
    query.limit + 1,
  )
  const page = rows.slice(0, query.limit).map(toChange)
  const changes = backwards ? page.toReversed() : page
  return {
    changes,
    done: rows.length <= query.limit,
    last: changes.at(-1)?.sequence ?? lastSequence(session),
  }
}

/** The newest sequence number ever given, also when its row is gone. */
export function lastSequence(session: Session): number {
  return Number(session.get(`SELECT seq FROM sqlite_sequence WHERE name = 'changes'`)?.seq ?? 0)
}

export function clearChanges(session: Session): void {
  session.run('DELETE FROM changes')
  session.run('DELETE FROM job_changes')
}

export function toChange(row: Row): Change {
  const type = typeNames.get(Number(row.type))
  if (type === undefined) throw new Error(`No change type ${String(row.type)}`)
  return {
    sequence: Number(row.sequence),
    type,
    level: levelOfCode(row.level),
    resourceId: toId(row.id),
    date: String(row.date),
  }
}
