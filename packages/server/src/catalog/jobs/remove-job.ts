import { toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'

/** Tables with rows of a job, besides its parts. */
const tables = ['job_steps', 'job_results', 'job_outcomes', 'job_log'] as const

/** A job with all that it has is gone. Tells whether blobs became removals. */
export function removeJob(session: Session, number: number): boolean {
  const freed = discardParts(session, number) > 0
  for (const table of tables) session.run(`DELETE FROM ${table} WHERE job = ?`, number)
  session.run('DELETE FROM jobs WHERE number = ?', number)
  return freed
}

/** The blobs become removals. Gives their number. Without `output`, those of all outputs. */
export function discardParts(session: Session, number: number, output?: string): number {
  const [condition, values] =
    output === undefined ? ['job = ?', [number]] : ['job = ? AND output = ?', [number, output]]
  session.run(
    `INSERT OR IGNORE INTO removals (blob) SELECT blob FROM job_parts WHERE ${condition}`,
    ...values,
  )
  session.run(`DELETE FROM job_outputs WHERE ${condition}`, ...values)
  return session.run(`DELETE FROM job_parts WHERE ${condition}`, ...values)
}

/** Blobs that belong to nobody because the run that wrote them was not the job's any more. */
export function discardBlobs(session: Session, keys: readonly string[]): void {
  for (const key of keys) session.run('INSERT OR IGNORE INTO removals (blob) VALUES (?)', toBytes(key))
}

/** `Unknown`, or `NotNow` when it is not over. */
export function removeCompletedJob(
  session: Session,
  id: string,
): { readonly outcome: 'Done' | 'Unknown' | 'NotNow'; readonly freed: boolean } {
  const row = session.get('SELECT number, completion FROM jobs WHERE id = ?', toBytes(id))
  if (row === undefined) return { outcome: 'Unknown', freed: false }
  if (row.completion === null) return { outcome: 'NotNow', freed: false }
  return { outcome: 'Done', freed: removeJob(session, Number(row.number)) }
}
