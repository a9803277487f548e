import type { JobState } from '../../model/job.ts'
import { type JobCommand, nextState } from '../../model/job-transitions.ts'
import { toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { type Changed, completeJob } from './complete-job.ts'
import { columns, jobByNumber, type Retention, type StoredJob, toJob } from './job-row.ts'
import { recordJobChange } from './record-job-change.ts'
import { canceled } from './release-run.ts'
import { discardParts } from './remove-job.ts'

export interface JobCommandRequest {
  readonly id: string
  readonly command: JobCommand
  readonly now: number
  readonly retention: Retention
}

/** A job that runs has it as a wish, until its step is over. */
export type Commanded = ({ readonly outcome: 'Done' } & Changed) | { readonly outcome: 'Unknown' | 'NotNow' }

/** What is as it is wanted already counts as done. */
export function commandJob(session: Session, request: JobCommandRequest): Commanded {
  const row = session.get(`SELECT ${columns} FROM jobs WHERE id = ?`, toBytes(request.id))
  if (row === undefined) return { outcome: 'Unknown' }
  const job = toJob(row)
  const { command } = request
  if (isIdle(job.state, command)) return { outcome: 'Done', job, freed: false }
  const next = nextState(job.state, command)
  if (next === undefined || (job.attended && command !== 'cancel')) return { outcome: 'NotNow' }
  return {
    outcome: 'Done',
    ...(job.state === 'Running' ? wish(session, job, command) : move(session, job, next, request)),
  }
}

/** Whether a job does nothing already that it could stop doing. */
const isIdle = (state: JobState, command: JobCommand): boolean =>
  (command === 'pause' && state === 'Paused') ||
  ((command === 'pause' || command === 'cancel') && (state === 'Success' || state === 'Failure'))

function wish(session: Session, { number }: StoredJob, command: JobCommand): Changed {
  // Nobody wants a cancelled job to pause.
  const sql = `UPDATE jobs SET wish = ? WHERE number = ? AND wish IS NOT 'cancel'`
  session.run(sql, command, number)
  return { job: jobByNumber(session, number), freed: false }
}

function move(
  session: Session,
  { number, id }: StoredJob,
  next: JobState,
  request: JobCommandRequest,
): Changed {
  const { command, now, retention } = request
  if (command === 'cancel') {
    return completeJob(session, number, { error: canceled, time: now, ran: 0 }, retention)
  }
  session.run('UPDATE jobs SET state = ?, retried = NULL, due = NULL WHERE number = ?', next, number)
  const freed = command === 'resubmit' && reset(session, number)
  recordJobChange(session, changeOf[command], id, now)
  return { job: jobByNumber(session, number), freed }
}

const changeOf = { pause: 'JobPaused', resume: 'JobResumed', resubmit: 'JobResubmitted' } as const

/** The first step comes next. What was said about its failure stays until it ends again. */
function reset(session: Session, number: number): boolean {
  session.run(
    `UPDATE jobs SET cursor = 0, failed_steps = 0, facts = first_facts, completed = NULL, completion = NULL, runtime = 0,
       attempts = 0, outcomes = 0 WHERE number = ?`,
    number,
  )
  for (const table of ['job_results', 'job_outcomes']) {
    session.run(`DELETE FROM ${table} WHERE job = ?`, number)
  }
  return discardParts(session, number) > 0
}

export interface Reordering {
  readonly id: string
  readonly priority: number
}

/** Of a job that waits. */
export function setJobPriority(
  session: Session,
  { id, priority }: Reordering,
): { readonly outcome: 'Done'; readonly job: StoredJob } | { readonly outcome: 'Unknown' | 'NotNow' } {
  const row = session.get('SELECT number, state FROM jobs WHERE id = ?', toBytes(id))
  if (row === undefined) return { outcome: 'Unknown' }
  if (!waiting.has(String(row.state))) return { outcome: 'NotNow' }
  session.run('UPDATE jobs SET priority = ? WHERE number = ?', priority, Number(row.number))
  return { outcome: 'Done', job: jobByNumber(session, Number(row.number)) }
}

const waiting: ReadonlySet<string> = new Set<JobState>(['Pending', 'Retry', 'Paused'])
