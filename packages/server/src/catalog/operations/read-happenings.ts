import type { Happening, HappeningPage, JobChange, JobChangeType } from '../../model/change.ts'
import { type Row, toUuid } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { lastSequence, toChange } from './read-changes.ts'

const sql = `
  SELECT * FROM (SELECT sequence, type, level, id, date FROM changes WHERE sequence > ?1 ORDER BY sequence LIMIT ?2)
  UNION ALL
  SELECT * FROM (SELECT sequence, type, NULL AS level, id, date FROM job_changes WHERE sequence > ?1
    ORDER BY sequence LIMIT ?2)
  ORDER BY sequence LIMIT ?2`

/** A page of the whole feed, ascending. */
export function readHappenings(
  session: Session,
  { since, limit }: { readonly since: number; readonly limit: number },
): HappeningPage {
  const rows = session.all(sql, since, limit + 1)
  const happenings = rows
    .slice(0, limit)
    .map((row): Happening => (row.level === null ? toJobChange(row) : toChange(row)))
  return {
    happenings,
    done: rows.length <= limit,
    last: happenings.at(-1)?.sequence ?? lastSequence(session),
  }
}

const toJobChange = (row: Row): JobChange => ({
  sequence: Number(row.sequence),
  type: String(row.type) as JobChangeType,
  level: 'Job',
  resourceId: toUuid(row.id),
  date: String(row.date),
})
