import type { JobError, JobLogLine, OutputPart } from '../../model/job.ts'
import { grant, type RunEvent, type Wish } from '../../model/job-transitions.ts'
import { toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { type Changed, completeJob } from './complete-job.ts'
import { errorText, jobByNumber, type Retention, type RunName } from './job-row.ts'
import { recordJobChange } from './record-job-change.ts'
import { canceled, leaveRun } from './release-run.ts'

/** A step is over. */
export interface Checkpoint {
  /** Steps that are over by now. */
  readonly cursor: number
  readonly failedSteps: number
  /** JSON. */
  readonly facts: string
  readonly result: string | undefined
  readonly parts: readonly (OutputPart & { readonly output: string })[]
}

/** How a run ends. */
export type RunEnd =
  | { readonly event: Exclude<RunEvent, 'fail' | 'failForNow'> }
  | { readonly event: 'fail'; readonly error: JobError }
  | {
      readonly event: 'failForNow'
      readonly error: JobError
      /** Failures of this step so far, and milliseconds until it is tried again. */
      readonly attempts: number
      readonly delay: number
    }

/** What a run has to say: that a step is over, that the run is, or both at once. */
export interface RunRecord {
  readonly run: RunName
  readonly now: number
  /** Milliseconds since the run began. */
  readonly ran: number
  readonly checkpoint: Checkpoint | undefined
  readonly end: RunEnd | undefined
  readonly outcomes: readonly { readonly resource: string; readonly error: JobError | undefined }[]
  readonly lines: readonly Omit<JobLogLine, 'number'>[]
  /** Of one job, how many are kept; the oldest go. */
  readonly kept: { readonly outcomes: number; readonly lines: number }
  readonly retention: Retention
}

/** What came of it: the job when the run is over. Undefined when the run has not got the job any more. */
export interface Recorded {
  readonly ended: Changed | undefined
}

export function recordRun(session: Session, record: RunRecord): Recorded | undefined {
  const row = session.get(
    `UPDATE jobs SET renewed = ?, outcomes = outcomes + ?, lines = lines + ?
     WHERE number = ? AND owner = ? AND claim = ? AND state = 'Running' RETURNING outcomes, lines, wish`,
    record.now,
    record.outcomes.length,
    record.lines.length,
    record.run.number,
    toBytes(record.run.owner),
    record.run.claim,
  )
  if (row === undefined) return undefined
  if (record.checkpoint !== undefined) keepStep(session, record.run.number, record.checkpoint)
  keepOutcomes(session, record, Number(row.outcomes))
  keepLines(session, record, Number(row.lines))
  if (record.end === undefined) return { ended: undefined }
  return { ended: endRun(session, record, record.end, (row.wish ?? undefined) as Wish | undefined) }
}

function keepStep(session: Session, number: number, step: Checkpoint): void {
  session.run(
    'UPDATE jobs SET cursor = ?, failed_steps = ?, facts = ?, attempts = 0 WHERE number = ?',
    step.cursor,
    step.failedSteps,
    step.facts,
    number,
  )
  if (step.result !== undefined) {
    const sql = 'INSERT INTO job_results (job, step, result) VALUES (?, ?, ?)'
    session.run(sql, number, step.cursor - 1, step.result)
  }
  for (const { output, blob, size } of step.parts) {
    session.run(
      `INSERT INTO job_parts (job, output, position, blob, size) VALUES (?1, ?2,
         (SELECT ifnull(max(position), 0) + 1 FROM job_parts WHERE job = ?1 AND output = ?2), ?3, ?4)`,
      number,
      output,
      toBytes(blob),
      size,
    )
  }
}

function keepOutcomes(session: Session, { run, outcomes, kept }: RunRecord, total: number): void {
  if (outcomes.length === 0) return
  const before = total - outcomes.length
  for (const [index, { resource, error }] of outcomes.entries()) {
    const sql = 'INSERT INTO job_outcomes (job, number, resource, error) VALUES (?, ?, ?, ?)'
    session.run(sql, run.number, before + index + 1, resource, errorText(error))
  }
  session.run('DELETE FROM job_outcomes WHERE job = ? AND number <= ?', run.number, total - kept.outcomes)
}

function keepLines(session: Session, { run, lines, kept }: RunRecord, total: number): void {
  if (lines.length === 0) return
  const before = total - lines.length
  for (const [index, { time, level, text }] of lines.entries()) {
    const sql = 'INSERT INTO job_log (job, number, time, level, text) VALUES (?, ?, ?, ?, ?)'
    session.run(sql, run.number, before + index + 1, time, level, text)
  }
  session.run('DELETE FROM job_log WHERE job = ? AND number <= ?', run.number, total - kept.lines)
}

function endRun(session: Session, record: RunRecord, end: RunEnd, wish: Wish | undefined): Changed {
  const { run, now, ran, retention } = record
  const event = grant(end.event, wish)
  const error = event === 'cancel' ? canceled : 'error' in end ? end.error : undefined
  switch (event) {
    case 'finish':
    case 'fail':
    case 'cancel':
      return completeJob(session, run.number, { error, time: now, ran }, retention)
    case 'pause':
    case 'giveBack': {
      const job = leaveRun(session, run.number, { state: event === 'pause' ? 'Paused' : 'Pending', ran })
      if (event === 'pause') recordJobChange(session, 'JobPaused', job.id, now)
      return { job, freed: false }
    }
    case 'failForNow':
      return { job: delay(session, record, end), freed: false }
  }
}

function delay(session: Session, { run, now, ran }: RunRecord, end: RunEnd) {
  if (end.event !== 'failForNow') throw new Error(`${end.event} is no failure for now`)
  session.run(
    'UPDATE jobs SET error = ?, attempts = ?, retried = ?, due = ? WHERE number = ?',
    errorText(end.error),
    end.attempts,
    now,
    now + end.delay,
    run.number,
  )
  leaveRun(session, run.number, { state: 'Retry', ran })
  const job = jobByNumber(session, run.number)
  recordJobChange(session, 'JobRetry', job.id, now)
  return job
}
