import type { OutputPart } from '../../model/job.ts'
import { toBytes, toUuid } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { discardParts } from './remove-job.ts'

export interface OutputName {
  /** Of the job. */
  readonly id: string
  readonly output: string
}

interface KeptOutput {
  readonly type: string
  readonly parts: readonly OutputPart[]
  /** Whether it is the one that was used last. */
  readonly isNewest: boolean
}

const find = `SELECT jobs.number, type, used FROM jobs JOIN job_outputs ON job = number WHERE id = ? AND output = ?`

/** Undefined when there is none: the job is not finished, had no such output, or it is not kept any more. */
export function readOutput(session: Session, { id, output }: OutputName): KeptOutput | undefined {
  const row = session.get(find, toBytes(id), output)
  if (row === undefined) return undefined
  const sql = 'SELECT blob, size FROM job_parts WHERE job = ? AND output = ? ORDER BY position'
  const parts = session.all(sql, Number(row.number), output)
  const newest = session.get('SELECT max(used) AS used FROM job_outputs')?.used
  return {
    type: String(row.type),
    parts: parts.map(({ blob, size }) => ({ blob: toUuid(blob), size: Number(size) })),
    isNewest: row.used === newest,
  }
}

/** It was used last. */
export function touchOutput(session: Session, { id, output }: OutputName): void {
  session.run(
    `UPDATE job_outputs SET used = (SELECT max(used) + 1 FROM job_outputs)
     WHERE job = (SELECT number FROM jobs WHERE id = ?) AND output = ?`,
    toBytes(id),
    output,
  )
}

/** Its blobs become removals. False when there is none. */
export function removeOutput(session: Session, { id, output }: OutputName): boolean {
  const row = session.get(find, toBytes(id), output)
  if (row === undefined) return false
  discardParts(session, Number(row.number), output)
  return true
}
