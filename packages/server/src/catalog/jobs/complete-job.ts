import type { JobError } from '../../model/job.ts'
import { toUuid } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { errorText, jobByNumber, type Retention, type StoredJob } from './job-row.ts'
import { recordJobChange } from './record-job-change.ts'
import { discardParts, removeJob } from './remove-job.ts'

export interface Completion {
  /** Undefined for success. */
  readonly error: JobError | undefined
  readonly time: number
  /** Milliseconds of the run that ended with it. */
  readonly ran: number
}

/** A job as it became, and whether blobs became removals with it. */
export interface Changed {
  readonly job: StoredJob
  readonly freed: boolean
}

/** At most so many jobs and outputs go in one transaction: there are more when the configuration wants fewer. */
const trimmed = 100

/** The job is over. What the history has no room for goes, and that may be this job. */
export function completeJob(
  session: Session,
  number: number,
  completion: Completion,
  retention: Retention,
): Changed {
  endJob(session, number, completion)
  const job = jobByNumber(session, number)
  const isSuccess = completion.error === undefined
  const freed = isSuccess ? succeed(session, number, retention) : discardParts(session, number) > 0
  return { job, freed: trimHistory(session, retention) || freed }
}

/** A job that waited fails, and the history has room for it. Tells whether blobs became removals. */
export function refuseJob(session: Session, number: number, completion: Completion): boolean {
  endJob(session, number, completion)
  return discardParts(session, number) > 0
}

function endJob(session: Session, number: number, { error, time, ran }: Completion): void {
  const isSuccess = error === undefined
  session.run(
    `UPDATE jobs SET state = ?, error = ?, completed = ?, runtime = runtime + ?,
       completion = (SELECT ifnull(max(completion), 0) + 1 FROM jobs WHERE completion IS NOT NULL),
       started = NULL, owner = NULL, renewed = NULL, wish = NULL, retried = NULL, due = NULL
     WHERE number = ?`,
    isSuccess ? 'Success' : 'Failure',
    errorText(error),
    time,
    ran,
    number,
  )
  session.run('DELETE FROM job_results WHERE job = ?', number)
  const id = toUuid(session.get('SELECT id FROM jobs WHERE number = ?', number)?.id)
  recordJobChange(session, isSuccess ? 'JobSuccess' : 'JobFailure', id, time)
}

/** Its outputs are the ones used last. Its plan is of no use any more: only what failed is run again. */
function succeed(session: Session, number: number, { outputs }: Retention): boolean {
  session.run('DELETE FROM job_steps WHERE job = ?', number)
  session.run(
    `INSERT INTO job_outputs (job, output, used)
     SELECT DISTINCT job, output, (SELECT ifnull(max(used), 0) + 1 FROM job_outputs) FROM job_parts WHERE job = ?`,
    number,
  )
  const surplus = session.all(
    'SELECT job, output FROM job_outputs ORDER BY used DESC LIMIT ? OFFSET ?',
    trimmed,
    outputs,
  )
  for (const { job, output } of surplus) discardParts(session, Number(job), String(output))
  return surplus.length > 0
}

function trimHistory(session: Session, { history }: Retention): boolean {
  const surplus = session.all(
    'SELECT number FROM jobs WHERE completion IS NOT NULL ORDER BY completion DESC LIMIT ? OFFSET ?',
    trimmed,
    history,
  )
  let freed = false
  for (const { number } of surplus) freed = removeJob(session, Number(number)) || freed
  return freed
}
