import { hash } from 'node:crypto'
import type { Changes } from '../changes/changes.ts'
import type { Deliveries } from '../changes/deliveries.ts'
import { formatChange } from '../changes/describe-change.ts'
import { follow } from '../changes/follow.ts'
import type { Happening } from '../model/change.ts'
import { type Clock, formatDate, parseDate } from '../model/clock.ts'
import type { DeliveryAttempt, Webhook } from '../model/webhook.ts'
import { DeliveryWindow } from './delivery-window.ts'
import { Lanes, Slots } from './lanes.ts'
import { retryDelay } from './retry-delay.ts'
import type { Send } from './send.ts'
import type { WebhookLimits } from './webhook-limits.ts'

/** What automation needs of a log; `pino` loggers fit. */
export interface AutomationLog {
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface WebhookRun {
  readonly name: string
  readonly hook: Webhook
  readonly changes: Pick<Changes, 'happenings' | 'onNudge'>
  readonly deliveries: Pick<Deliveries, 'state' | 'record'>
  readonly send: Send
  readonly clock: Clock
  /** Resolves after so many milliseconds, or when the signal says to end. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** From 0 to 1. */
  readonly random: () => number
  readonly limits: WebhookLimits
  readonly log: AutomationLog
}

/** Changes that are read at a time, and milliseconds after which a cursor that moved is saved though nothing was sent. */
const [pageSize, silence] = [100, 15_000]

/** Tells the receiver of a hook what happened since its cursor, until the signal says to end. */
export async function runWebhook(run: WebhookRun, signal: AbortSignal): Promise<void> {
  const { changes, limits, hook } = run
  const own = new AbortController()
  const ending = AbortSignal.any([signal, own.signal])
  let saved = await startingPoint(run)
  const window = new DeliveryWindow(saved)
  const lanes = new Lanes()
  const slots = new Slots(limits.parallel)
  const filter = { types: hook.types, levels: hook.levels }
  try {
    const stretches = follow(changes, { ...filter, since: window.cursor, pageSize, silence, signal: ending })
    for await (const stretch of stretches) {
      for (const change of stretch.happenings) {
        await window.room(limits.open, ending)
        if (ending.aborted) return
        window.open(change.sequence)
        lanes.run(change.resourceId, () => deliver(run, change, window, slots, ending))
      }
      window.reach(stretch.last)
      if (stretch.happenings.length > 0 || window.cursor === saved) continue
      saved = window.cursor
      await run.deliveries.record(run.name, saved)
    }
  } finally {
    own.abort()
    await lanes.idle()
  }
}

/** Where the hook was; a new one begins with what happens from now on. */
export async function startingPoint({
  name,
  changes,
  deliveries,
}: Pick<WebhookRun, 'name' | 'changes' | 'deliveries'>): Promise<number> {
  const state = await deliveries.state(name)
  if (state !== undefined) return state.cursor
  const { last } = await changes.happenings({ since: Number.MAX_SAFE_INTEGER, limit: 1 })
  await deliveries.record(name, last)
  return last
}

/** Tries until the receiver takes it, says that it never will, or has had its chances. Never rejects. */
async function deliver(
  run: WebhookRun,
  change: Happening,
  window: DeliveryWindow,
  slots: Slots,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    const result = await slots.use(() => attemptOnce(run, change, attempt, signal))
    const isSettled = result.error === undefined || result.httpStatus === gone
    // What was cut off says nothing of the receiver.
    if (!isSettled && signal.aborted) return
    const isGivenUp = !isSettled && isHopeless(run, change, attempt)
    if (isSettled || isGivenUp) window.close(change.sequence)
    await note(run, window.cursor, isGivenUp ? giveUp(result) : result, isGivenUp)
    if (isSettled || isGivenUp) return
    await run.wait(retryDelay(attempt, run.random(), run.limits), signal)
  }
}

/** Whether a change has had all the attempts, or all the time, that the hook grants it. */
function isHopeless({ hook, clock }: WebhookRun, { date }: Happening, attempts: number): boolean {
  const { maximumAttempts, maximumAge } = hook
  if (maximumAttempts > 0 && attempts >= maximumAttempts) return true
  return maximumAge > 0 && clock() - parseDate(date) >= maximumAge * 1000
}

/** So that the log of the attempts tells that this was the last one. */
const giveUp = (attempt: DeliveryAttempt): DeliveryAttempt => ({
  ...attempt,
  error: `${attempt.error}; given up`,
})

/** The status by which a receiver says that trying again is of no use (RFC 9110 15.5.11). */
const gone = 410

async function attemptOnce(
  { name, hook, send, clock, limits }: WebhookRun,
  change: Happening,
  attempt: number,
  signal: AbortSignal,
): Promise<DeliveryAttempt> {
  const body = formatChange(change)
  // From what is sent: the same after a restart, another one in another catalog with the same numbers.
  const deliveryId = hash('sha256', `${name}\n${body}`, 'hex').slice(0, 32)
  const started = clock()
  const message = { deliveryId, timestamp: Math.floor(started / 1000), body, event: change.type }
  const outcome = await send(message, signal).then(
    (httpStatus) => judge(httpStatus, hook),
    (error: unknown) => ({
      httpStatus: undefined,
      error: describe(error).slice(0, limits.errorCharacters),
    }),
  )
  return {
    deliveryId,
    sequence: change.sequence,
    attempt,
    date: formatDate(started),
    milliseconds: clock() - started,
    ...outcome,
  }
}

function judge(
  httpStatus: number,
  { followRedirects }: Webhook,
): Pick<DeliveryAttempt, 'httpStatus' | 'error'> {
  if (httpStatus >= 200 && httpStatus < 300) return { httpStatus, error: undefined }
  const isIgnored = httpStatus >= 300 && httpStatus < 400 && !followRedirects
  return { httpStatus, error: isIgnored ? 'Redirects are not followed' : `HTTP status ${httpStatus}` }
}

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.message === '' ? error.name : error.message
}

/** What cannot be noted is delivered again after a restart: that is for the log, not for the receiver. */
async function note(
  { name, deliveries, log }: WebhookRun,
  cursor: number,
  attempt: DeliveryAttempt,
  isGivenUp: boolean,
): Promise<void> {
  try {
    await deliveries.record(name, cursor, attempt)
  } catch (error) {
    log.error({ err: error, webhook: name }, 'A delivery could not be noted')
  }
  if (attempt.error === undefined) return
  const { sequence, error } = attempt
  const facts = { webhook: name, sequence, attempt: attempt.attempt, error }
  log.warn(facts, isGivenUp ? 'A change was given up' : 'A change could not be delivered')
}
