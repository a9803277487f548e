import { type JobLogLine, type JobState, jobStates, type ResourceOutcome } from '../../model/job.ts'
import type { JsonObject, JsonValue } from '../../model/json-value.ts'
import { toBytes, toUuid } from '../sqlite/columns.ts'
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

/** Numbers of jobs. Each state has an index in each order: few rows are looked at that are not given. */
export function listJobs(session: Session, listing: JobListing): readonly number[] {
  const { states = listing.order === 'priority' ? jobStates : [], types, order, since, limit } = listing
  if (listing.states?.length === 0) return []
  const [condition, typeValues] =
    types === undefined
      ? ['', []]
      : ['AND +type IN (SELECT value FROM json_each(?))', [JSON.stringify(types)]]
  const most = limit === undefined ? -1 : since + limit
  const part = (where: string): string =>
    `SELECT number, priority FROM jobs WHERE ${where} ${condition} ORDER BY ${orders[order]} LIMIT ?`
  const parts = states.length === 0 ? [part('true')] : states.map(() => part('state = ?'))
  const values = (states.length === 0 ? [[]] : states.map((state) => [state])).flatMap(
    (own): readonly SqlValue[] => [...own, ...typeValues, most],
  )
  const all = parts.map((sql) => `SELECT * FROM (${sql})`).join(' UNION ALL ')
  const sql = `SELECT number FROM (${all}) ORDER BY ${orders[order]} LIMIT ? OFFSET ?`
  return session.list(sql, ...values, limit ?? -1, since).map(([number]) => Number(number))
}

/** In this order; those that are gone are left out. */
export function readJobs(session: Session, numbers: readonly number[]): readonly StoredJob[] {
  return numbers.flatMap((number) => {
    const row = session.get(`SELECT ${columns} FROM jobs WHERE number = ?`, number)
    return row === undefined ? [] : [toJob(row)]
  })
}

/** The same without anything of the jobs themselves, which may be much. */
export function readJobIds(session: Session, numbers: readonly number[]): readonly string[] {
  return numbers.flatMap((number) => {
    const row = session.get('SELECT id FROM jobs WHERE number = ?', number)
    return row === undefined ? [] : [toUuid(row.id)]
  })
}

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
