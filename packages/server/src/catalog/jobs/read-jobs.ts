import type { JobLogLine, JobState, ResourceOutcome } from '../../model/job.ts'
import type { JsonObject, JsonValue } from '../../model/json-value.ts'
import { type Row, toBytes, toUuid } from '../sqlite/columns.ts'
import type { Session, SqlValue } from '../sqlite/session.ts'
import { columns, type StoredJob, toError, toJob } from './job-row.ts'

export function getJob(session: Session, id: string): StoredJob | undefined {
  const row = session.get(`SELECT ${columns} FROM jobs WHERE id = ?`, toBytes(id))
  return row && toJob(row)
}

export interface JobListing {
  readonly states: readonly JobState[] | undefined
  readonly types: readonly string[] | undefined
  readonly order: 'oldest' | 'newest' | 'priority'
  /** Jobs that are passed over. */
  readonly since: number
  /** Undefined: all. */
  readonly limit: number | undefined
}

const orders = {
  oldest: 'number',
  newest: 'number DESC',
  priority: 'priority DESC, number',
} as const

/** States that few jobs are in: those that run, and the history. */
const fewStates: ReadonlySet<JobState> = new Set(['Running', 'Success', 'Failure'])

/** In their order they are found at once; where only few can match, by their state. */
function selectJobs(session: Session, selected: string, listing: JobListing): readonly Row[] {
  const { states, types, order, since, limit = -1 } = listing
  const conditions: string[] = []
  const values: SqlValue[] = []
  if (states !== undefined) {
    const column = states.every((state) => fewStates.has(state)) ? 'state' : '+state'
    conditions.push(`${column} IN (SELECT value FROM json_each(?))`)
    values.push(JSON.stringify(states))
  }
  if (types !== undefined) {
    conditions.push('+type IN (SELECT value FROM json_each(?))')
    values.push(JSON.stringify(types))
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const sql = `SELECT ${selected} FROM jobs ${where} ORDER BY ${orders[order]} LIMIT ? OFFSET ?`
  return session.all(sql, ...values, limit, since)
}

export const listJobs = (session: Session, listing: JobListing): readonly StoredJob[] =>
  selectJobs(session, columns, listing).map(toJob)

/** Nothing of the jobs is read, which may be much. */
export const listJobIds = (session: Session, listing: JobListing): readonly string[] =>
  selectJobs(session, 'id', listing).map(({ id }) => toUuid(id))

export function readSteps(session: Session, number: number, chunk: number): readonly JsonValue[] {
  const row = session.get('SELECT steps FROM job_steps WHERE job = ? AND chunk = ?', number, chunk)
  if (row === undefined) throw new Error(`Job ${number} has no steps ${chunk}`)
  return JSON.parse(String(row.steps)) as readonly JsonValue[]
}

export interface StoredResult {
  readonly step: number
  readonly result: JsonObject
}

/** Of steps after `after` and before `before`. */
export function readResults(
  session: Session,
  number: number,
  { after, before, limit }: { readonly after: number; readonly before: number; readonly limit: number },
): readonly StoredResult[] {
  const sql =
    'SELECT step, result FROM job_results WHERE job = ? AND step > ? AND step < ? ORDER BY step LIMIT ?'
  return session.all(sql, number, after, before, limit).map(({ step, result }) => ({
    step: Number(step),
    result: JSON.parse(String(result)) as JsonObject,
  }))
}

export interface NumberedPage {
  /** Number after which to start. */
  readonly since: number
  readonly limit: number
}

const numberOf = (session: Session, id: string): number | undefined => {
  const row = session.get('SELECT number FROM jobs WHERE id = ?', toBytes(id))
  return row && Number(row.number)
}

/** Undefined for an unknown job. */
export function readOutcomes(
  session: Session,
  id: string,
  { since, limit }: NumberedPage,
): readonly ResourceOutcome[] | undefined {
  const job = numberOf(session, id)
  if (job === undefined) return undefined
  const sql =
    'SELECT number, resource, error FROM job_outcomes WHERE job = ? AND number > ? ORDER BY number LIMIT ?'
  return session.all(sql, job, since, limit).map((row) => ({
    number: Number(row.number),
    resource: String(row.resource),
    error: toError(row.error),
  }))
}

/** Undefined for an unknown job. */
export function readLog(
  session: Session,
  id: string,
  { since, limit }: NumberedPage,
): readonly JobLogLine[] | undefined {
  const job = numberOf(session, id)
  if (job === undefined) return undefined
  const sql =
    'SELECT number, time, level, text FROM job_log WHERE job = ? AND number > ? ORDER BY number LIMIT ?'
  return session.all(sql, job, since, limit).map((row) => ({
    number: Number(row.number),
    time: Number(row.time),
    level: String(row.level) as JobLogLine['level'],
    text: String(row.text),
  }))
}
