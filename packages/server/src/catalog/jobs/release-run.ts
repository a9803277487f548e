import type { JobError } from '../../model/job.ts'
import type { Wish } from '../../model/job-transitions.ts'
import type { Session } from '../sqlite/session.ts'
import { type Changed, completeJob } from './complete-job.ts'
import { jobByNumber, type Retention } from './job-row.ts'
import { recordJobChange } from './record-job-change.ts'

/** Details stay empty: the code says it all. */
export const canceled: JobError = { code: 'CanceledJob', details: '', payload: undefined }

/** Of a job that lived as long as its submitter. */
export const abandoned: JobError = {
  code: 'NetworkProtocol',
  details: 'The server ended before the job did',
  payload: undefined,
}

/** Takes a job from a run that is no more: what it was told to do it does now, and otherwise it waits again. */
export function releaseRun(session: Session, number: number, now: number, retention: Retention): Changed {
  const row = session.get('SELECT attended, wish, started, renewed FROM jobs WHERE number = ?', number)
  const wish = (row?.wish ?? undefined) as Wish | undefined
  // It ran at least until it was last heard of.
  const ran = Math.max(0, Number(row?.renewed) - Number(row?.started))
  if (row?.attended === 1 || wish === 'cancel') {
    const error = wish === 'cancel' ? canceled : abandoned
    return completeJob(session, number, { error, time: now, ran }, retention)
  }
  const job = leaveRun(session, number, { state: wish === 'pause' ? 'Paused' : 'Pending', ran })
  if (wish === 'pause') recordJobChange(session, 'JobPaused', job.id, now)
  return { job, freed: false }
}

/** A running job waits from now on. */
export function leaveRun(
  session: Session,
  number: number,
  { state, ran }: { readonly state: 'Pending' | 'Paused' | 'Retry'; readonly ran: number },
) {
  session.run(
    `UPDATE jobs SET state = ?, runtime = runtime + ?, started = NULL, owner = NULL, renewed = NULL, wish = NULL
     WHERE number = ?`,
    state,
    ran,
    number,
  )
  return jobByNumber(session, number)
}
