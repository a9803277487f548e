import type { Job, JobError, JobState } from '../../model/job.ts'
import type { Wish } from '../../model/job-transitions.ts'
import type { JsonObject, JsonValue } from '../../model/json-value.ts'
import { type Row, toUuid } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'

/** A job with what only the engine needs to know. */
export interface StoredJob extends Job {
  /** It lives as long as its submitter. */
  readonly attended: boolean
  /** What it is to do after its step, if it runs. */
  readonly wish: Wish | undefined
}

/** A run of a job: what it writes is written only as long as it has the job. */
export interface RunName {
  readonly number: number
  /** UUID of the engine. */
  readonly owner: string
  readonly claim: number
}

/** What is kept of jobs that are over. */
export interface Retention {
  /** Completed jobs. */
  readonly history: number
  /** Outputs, of all jobs together. */
  readonly outputs: number
}

export const columns = `number, id, type, priority, state, parameters, user_data, permissive, attended, steps, cursor,
  failed_steps, facts, created, completed, runtime, started, attempts, due, error, wish`

const parse = (text: unknown): unknown => JSON.parse(String(text))

const optionalNumber = (value: unknown): number | undefined => (value === null ? undefined : Number(value))

export const toError = (text: unknown): JobError | undefined => {
  if (text === null) return undefined
  const { code, details, payload } = parse(text) as JobError
  return { code, details, payload }
}

export const errorText = (error: JobError | undefined): string | null =>
  error === undefined ? null : JSON.stringify(error)

export const toJob = (row: Row): StoredJob => ({
  number: Number(row.number),
  id: toUuid(row.id),
  type: String(row.type),
  priority: Number(row.priority),
  state: String(row.state) as JobState,
  parameters: parse(row.parameters) as JsonValue,
  userData: row.user_data === null ? undefined : (parse(row.user_data) as JsonValue),
  permissive: row.permissive === 1,
  attended: row.attended === 1,
  steps: Number(row.steps),
  cursor: Number(row.cursor),
  failedSteps: Number(row.failed_steps),
  facts: parse(row.facts) as JsonObject,
  created: Number(row.created),
  completed: optionalNumber(row.completed),
  runtime: Number(row.runtime),
  started: optionalNumber(row.started),
  attempts: Number(row.attempts),
  due: optionalNumber(row.due),
  error: toError(row.error),
  wish: row.wish === null ? undefined : (String(row.wish) as Wish),
})

export function jobByNumber(session: Session, number: number): StoredJob {
  const row = session.get(`SELECT ${columns} FROM jobs WHERE number = ?`, number)
  if (row === undefined) throw new Error(`No job ${number}`)
  return toJob(row)
}
