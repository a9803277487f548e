import type { JobError } from '../../model/job.ts'
import { toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { refuseJob } from './complete-job.ts'
import type { Retention } from './job-row.ts'
import { releaseRun } from './release-run.ts'

export interface JobRecovery {
  /** UUID of the engine that starts. */
  readonly owner: string
  readonly now: number
  readonly retention: Retention
}

export interface RecoveredJobs {
  /** Jobs that ran when their engine ended. */
  readonly released: number
  readonly freed: boolean
}

/** Takes back what other engines had; what waited for another try need not wait any longer. */
export function recoverJobs(session: Session, { owner, now, retention }: JobRecovery): RecoveredJobs {
  const sql = `SELECT number FROM jobs WHERE state = 'Running' AND owner <> ? ORDER BY number`
  const rows = session.all(sql, toBytes(owner))
  let freed = false
  for (const { number } of rows) freed = releaseRun(session, Number(number), now, retention).freed || freed
  session.run(`UPDATE jobs SET state = 'Pending', retried = NULL, due = NULL WHERE state = 'Retry'`)
  return { released: rows.length, freed }
}

export interface RefusedJobs {
  /** When it is the limit there may be more. */
  readonly count: number
  readonly freed: boolean
}

export interface JobRefusal {
  readonly now: number
  readonly error: JobError
  /** Types of the jobs that may stay; undefined: none may. */
  readonly except: readonly string[] | undefined
  /** The most jobs that fail in one transaction. */
  readonly limit: number
}

/** Jobs that wait fail. The history keeps them all, until the next job is over. */
export function refuseJobs(session: Session, { now, error, except, limit }: JobRefusal): RefusedJobs {
  const rows = session.all(
    `SELECT number FROM jobs WHERE state IN ('Pending', 'Paused', 'Retry')
       AND (?1 IS NULL OR type NOT IN (SELECT value FROM json_each(?1))) LIMIT ?2`,
    except === undefined ? null : JSON.stringify(except),
    limit,
  )
  let freed = false
  for (const { number } of rows) {
    freed = refuseJob(session, Number(number), { error, time: now, ran: 0 }) || freed
  }
  return { count: rows.length, freed }
}
