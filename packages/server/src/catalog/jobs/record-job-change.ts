import type { JobChangeType } from '../../model/change.ts'
import { formatDate } from '../../model/clock.ts'
import { toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'

/** Rows of the feed about jobs that are kept, and how many more there may be before the oldest go. */
export const jobChanges = { kept: 100_000, surplus: 1000 } as const

/** Tells the feed what became of a job, in the transaction in which it did. */
export function recordJobChange(session: Session, type: JobChangeType, id: string, time: number): void {
  const sequence = takeSequence(session)
  const sql = 'INSERT INTO job_changes (sequence, type, id, date) VALUES (?, ?, ?, ?)'
  session.run(sql, sequence, type, toBytes(id), formatDate(time))
  if (sequence % jobChanges.surplus === 0) dropOldest(session, jobChanges.kept)
}

/** The number that the next row of `changes` would have got (sqlite.org/autoinc.html). */
function takeSequence(session: Session): number {
  const sql = `UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'changes' RETURNING seq`
  const row =
    session.get(sql) ??
    session.get(`INSERT INTO sqlite_sequence (name, seq) VALUES ('changes', 1) RETURNING seq`)
  return Number(row?.seq)
}

export function dropOldest(session: Session, kept: number): void {
  session.run(
    `DELETE FROM job_changes WHERE sequence <=
       (SELECT sequence FROM job_changes ORDER BY sequence DESC LIMIT 1 OFFSET ?)`,
    kept,
  )
}
