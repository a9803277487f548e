import type { JsonObject, JsonValue } from '../../model/json-value.ts'
import { toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { jobByNumber, type StoredJob } from './job-row.ts'
import { recordJobChange } from './record-job-change.ts'

export interface NewJob {
  /** UUID. */
  readonly id: string
  readonly type: string
  readonly priority: number
  readonly parameters: JsonValue
  readonly userData: JsonValue | undefined
  readonly permissive: boolean
  readonly steps: number
  /** The plan in chunks of `stepsPerChunk` steps, each a JSON array. */
  readonly plan: readonly string[]
  /** Those it begins with, each time. */
  readonly facts: JsonObject
  readonly created: number
  /** UUID of the engine that runs it at once, as long as it lives; undefined for a job that waits for its turn. */
  readonly attendedBy: string | undefined
}

/** So that a plan of many steps has few rows, and that a row is soon read. */
export const stepsPerChunk = 1000

export function submitJob(session: Session, job: NewJob): StoredJob {
  const isAttended = job.attendedBy !== undefined
  const number = session.insert(
    `INSERT INTO jobs (id, type, priority, state, parameters, user_data, permissive, attended, steps, first_facts, facts,
       created)
     VALUES (?1, ?2, ?3, 'Pending', ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10)`,
    toBytes(job.id),
    job.type,
    job.priority,
    JSON.stringify(job.parameters),
    job.userData === undefined ? null : JSON.stringify(job.userData),
    job.permissive ? 1 : 0,
    isAttended ? 1 : 0,
    job.steps,
    JSON.stringify(job.facts),
    job.created,
  )
  for (const [chunk, steps] of job.plan.entries()) {
    session.run('INSERT INTO job_steps (job, chunk, steps) VALUES (?, ?, ?)', number, chunk, steps)
  }
  if (job.attendedBy !== undefined) takeJob(session, number, job.attendedBy, job.created)
  recordJobChange(session, 'JobSubmitted', job.id, job.created)
  return jobByNumber(session, number)
}

/** A pending job becomes a running one. Gives the number of the claim. */
export function takeJob(session: Session, number: number, owner: string, now: number): number {
  const sql = `UPDATE jobs SET state = 'Running', owner = ?, claim = claim + 1, started = ?3, renewed = ?3, due = NULL
     WHERE number = ?2 AND state = 'Pending' RETURNING claim`
  return Number(session.get(sql, toBytes(owner), number, now)?.claim)
}
