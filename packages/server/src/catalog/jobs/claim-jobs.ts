import { toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { jobByNumber, type Retention, type StoredJob } from './job-row.ts'
import { releaseRun } from './release-run.ts'
import { takeJob } from './submit-job.ts'

export interface ClaimRequest {
  /** UUID of the engine. */
  readonly owner: string
  readonly now: number
  /** Milliseconds after which a run that was not heard of is taken for dead. */
  readonly lease: number
  /** The most jobs that are claimed. */
  readonly most: number
  /** The same for each type; of others none is claimed. */
  readonly rooms: readonly { readonly type: string; readonly most: number }[]
  readonly retention: Retention
}

export interface ClaimedJob {
  readonly job: StoredJob
  readonly claim: number
}

export interface Claims {
  readonly claimed: readonly ClaimedJob[]
  /** Milliseconds until a job is due that failed for now; undefined when there is none. */
  readonly wait: number | undefined
  readonly freed: boolean
}

/** Jobs that are moved from `Retry` to `Pending` in one transaction. */
const dueAtOnce = 500

/**
 * Gives the best pending jobs to an engine: the highest priority first, then the oldest. Times that lie further ahead
 * than they can are of a clock that was set back: they count as past.
 */
export function claimJobs(session: Session, request: ClaimRequest): Claims {
  const { now, owner } = request
  const isBehind = endDelays(session, now)
  const freed = takeBack(session, request)
  const claimed = choose(session, request).map((number): ClaimedJob => {
    const claim = takeJob(session, number, owner, now)
    return { claim, job: jobByNumber(session, number) }
  })
  return { claimed, freed, wait: isBehind ? 0 : nextDue(session, now) }
}

/** Tells whether there may be more of them. */
function endDelays(session: Session, now: number): boolean {
  let ended = 0
  for (const condition of ['due <= ?', 'retried > ?']) {
    ended += session.run(
      `UPDATE jobs SET state = 'Pending', retried = NULL, due = NULL WHERE number IN
         (SELECT number FROM jobs WHERE state = 'Retry' AND ${condition} LIMIT ${dueAtOnce})`,
      now,
    )
  }
  return ended >= dueAtOnce
}

function nextDue(session: Session, now: number): number | undefined {
  const due = session.get(`SELECT min(due) AS due FROM jobs WHERE state = 'Retry'`)?.due ?? null
  return due === null ? undefined : Math.max(0, Number(due) - now)
}

/** From engines that are not heard of any more. */
function takeBack(session: Session, { owner, now, lease, retention }: ClaimRequest): boolean {
  const sql = `SELECT number FROM jobs WHERE state = 'Running' AND owner <> ? AND (renewed <= ? OR renewed > ?)
     ORDER BY number`
  let freed = false
  for (const { number } of session.all(sql, toBytes(owner), now - lease, now)) {
    freed = releaseRun(session, Number(number), now, retention).freed || freed
  }
  return freed
}

interface Candidate {
  readonly number: number
  readonly priority: number
}

/** Pending jobs of one type. */
interface Line {
  readonly type: string
  /** How many may still be claimed. */
  room: number
  first: Candidate | undefined
}

/** One look-up for each type, and one more for each job that is chosen. */
function choose(session: Session, { most, rooms }: ClaimRequest): readonly number[] {
  const lines = rooms.map(
    ({ type, most: room }): Line => ({ type, room, first: firstOf(session, type, undefined) }),
  )
  const chosen: number[] = []
  while (chosen.length < most) {
    const open = lines.filter((line) => line.room > 0 && line.first !== undefined)
    const best = open.reduce<Line | undefined>(
      (found, line) => (found === undefined || isBetter(line.first, found.first) ? line : found),
      undefined,
    )
    if (best?.first === undefined) break
    chosen.push(best.first.number)
    best.room -= 1
    best.first = firstOf(session, best.type, best.first)
  }
  return chosen
}

const isBetter = (a: Candidate | undefined, b: Candidate | undefined): boolean =>
  a !== undefined &&
  (b === undefined || a.priority > b.priority || (a.priority === b.priority && a.number < b.number))

function firstOf(session: Session, type: string, after: Candidate | undefined): Candidate | undefined {
  const order = `ORDER BY priority DESC, number LIMIT 1`
  const pending = `SELECT number, priority FROM jobs WHERE state = 'Pending' AND type = ?`
  const row =
    after === undefined
      ? session.get(`${pending} ${order}`, type)
      : (session.get(
          `${pending} AND priority = ? AND number > ? ${order}`,
          type,
          after.priority,
          after.number,
        ) ?? session.get(`${pending} AND priority < ? ${order}`, type, after.priority))
  return row && { number: Number(row.number), priority: Number(row.priority) }
}

export interface Renewal {
  readonly owner: string
  readonly now: number
  readonly numbers: readonly number[]
}

/** The engine is alive. Gives the jobs that are not its own any more. */
export function renewJobs(session: Session, { owner, now, numbers }: Renewal): readonly number[] {
  const sql = `UPDATE jobs SET renewed = ? WHERE number = ? AND owner = ? AND state = 'Running'`
  return numbers.filter((number) => session.run(sql, now, number, toBytes(owner)) === 0)
}
