import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { Change } from '../model/change.ts'
import type { DeliveryAttempt, Webhook } from '../model/webhook.ts'
import { runWebhook, type WebhookRun } from './run-webhook.ts'
import { webhookLimits } from './webhook-limits.ts'

const hook: Webhook = {
  url: 'http://receiver.example/',
  types: undefined,
  levels: undefined,
  secret: undefined,
  allowPrivateAddresses: false,
  followRedirects: false,
  timeout: 10,
  maximumAttempts: 0,
  maximumAge: 0,
}

const change = (sequence: number, resourceId = `r${sequence}`): Change => ({
  sequence,
  type: 'UpdatedMetadata',
  level: 'Study',
  resourceId,
  date: '20260102T030405',
})

/** A clock that moves when told to, and wakes those whose time has come. */
function fakeTime() {
  let now = 0
  const sleepers = new Set<{ readonly due: number; readonly wake: () => void }>()
  return {
    clock: () => now,
    delays: [] as number[],
    wait(milliseconds: number, signal: AbortSignal): Promise<void> {
      this.delays.push(milliseconds)
      return new Promise((resolve) => {
        if (signal.aborted) resolve()
        sleepers.add({ due: now + milliseconds, wake: resolve })
        signal.addEventListener('abort', () => resolve())
      })
    },
    advance(milliseconds: number): void {
      now += milliseconds
      for (const sleeper of sleepers) {
        if (sleeper.due > now) continue
        sleepers.delete(sleeper)
        sleeper.wake()
      }
    },
  }
}

interface Sent {
  readonly sequence: number
  readonly deliveryId: string
  answer(status: number | Error): void
}

const ends: (() => Promise<void>)[] = []

/** A hook that does not end fails its test. */
afterEach(() => Promise.all(ends.splice(0).map((end) => end())), { timeout: 10_000 })

/** A hook with a feed and a log in memory, and requests that the test answers. */
function stage(rows: Change[], more: Partial<WebhookRun> = {}, begun: number | 'never' = 0) {
  const time = fakeTime()
  const sent: Sent[] = []
  const log: DeliveryAttempt[] = []
  const saved: { cursor: number | undefined } = { cursor: begun === 'never' ? undefined : begun }
  const errors: string[] = []
  const warnings: string[] = []
  const listeners = new Set<() => void>()
  const run: WebhookRun = {
    name: 'test',
    hook,
    changes: {
      happenings: async ({ since, limit }) => {
        const after = rows.filter(({ sequence }) => sequence > since)
        const last = rows.at(-1)?.sequence ?? 0
        return { happenings: after.slice(0, limit), done: after.length <= limit, last }
      },
      onNudge: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    deliveries: {
      state: async () =>
        saved.cursor === undefined ? undefined : { cursor: saved.cursor, lastFailure: undefined },
      record: async (_hook, cursor, attempt) => {
        saved.cursor = cursor
        if (attempt !== undefined) log.push(attempt)
      },
    },
    send: ({ body, deliveryId }, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        signal.addEventListener('abort', () => reject(new Error('aborted')))
        const { Seq } = JSON.parse(body) as { Seq: number }
        const answer = (status: number | Error) =>
          status instanceof Error ? reject(status) : resolve(status)
        sent.push({ sequence: Seq, deliveryId, answer })
      }),
    clock: time.clock,
    wait: (milliseconds, signal) => time.wait(milliseconds, signal),
    random: () => 1,
    limits: webhookLimits,
    log: {
      warn: (_fields, message) => void warnings.push(message),
      error: (_fields, message) => void errors.push(message),
    },
    ...more,
  }
  const ending = new AbortController()
  const running = runWebhook(run, ending.signal)
  const end = async (): Promise<void> => {
    ending.abort()
    await running
  }
  ends.push(end)
  return {
    time,
    sent,
    log,
    saved,
    errors,
    warnings,
    sequences: () => sent.map(({ sequence }) => sequence),
    add(...added: readonly Change[]) {
      rows.push(...added)
      for (const listener of listeners) listener()
    },
    end,
  }
}

/** Lets everything happen that can, without any time to pass in the fake clock. */
async function settle(isThere: () => boolean = () => true): Promise<void> {
  for (let turns = 0; turns < 20 || !isThere(); turns++) {
    assert.ok(turns < 5000, 'what was waited for did not happen')
    await new Promise((resolve) => setTimeout(resolve, turns < 20 ? 0 : 2))
  }
}

test('changes of one resource go one after the other, others at the same time up to the limit', async () => {
  const rows = [
    change(1, 'a'),
    change(2, 'a'),
    change(3, 'b'),
    change(4, 'c'),
    change(5, 'd'),
    change(6, 'e'),
  ]
  const { sent, sequences, saved } = stage(rows)
  await settle()
  assert.deepEqual(sequences(), [1, 3, 4, 5])
  sent[1]?.answer(200)
  await settle()
  assert.deepEqual(sequences(), [1, 3, 4, 5, 6])
  assert.equal(saved.cursor, 0, 'the first one is still on its way')
  sent[0]?.answer(200)
  await settle()
  assert.deepEqual(sequences(), [1, 3, 4, 5, 6, 2])
  assert.equal(saved.cursor, 1)
  for (const one of sent) one.answer(204)
  await settle()
  assert.equal(saved.cursor, 6)
})

test('failures back off up to the maximum, and keep the order of their resource', async () => {
  const limits = { ...webhookLimits, firstDelay: 1000, longestDelay: 4000 }
  const { sent, sequences, time, log } = stage([change(1, 'a'), change(2, 'a'), change(3, 'b')], {
    limits,
  })
  await settle()
  sent[1]?.answer(200)
  sent[0]?.answer(new Error('refused'))
  for (const [index, delay] of [1000, 2000, 4000, 4000].entries()) {
    await settle()
    assert.equal(time.delays[index], delay)
    time.advance(delay - 1)
    await settle()
    assert.equal(sent.length, 2 + index, 'too early')
    time.advance(1)
    await settle()
    assert.equal(sent.at(-1)?.sequence, 1)
    sent.at(-1)?.answer(index === 3 ? 200 : 500)
  }
  await settle()
  assert.deepEqual(sequences(), [1, 3, 1, 1, 1, 1, 2])
  const attempts = log.filter(({ sequence }) => sequence === 1)
  assert.deepEqual(
    attempts.map(({ attempt, httpStatus, error }) => [attempt, httpStatus, error]),
    [
      [1, undefined, 'refused'],
      [2, 500, 'HTTP status 500'],
      [3, 500, 'HTTP status 500'],
      [4, 500, 'HTTP status 500'],
      [5, 200, undefined],
    ],
  )
  assert.equal(new Set(attempts.map(({ deliveryId }) => deliveryId)).size, 1)
})

test('one that fails does not hold up the other resources, but what is open is limited', async () => {
  const rows = Array.from({ length: 30 }, (_, index) => change(index + 1))
  const limits = { ...webhookLimits, open: 10, parallel: 2 }
  const { sent, sequences, saved } = stage(rows, { limits })
  for (let index = 0; ; index++) {
    await settle()
    const next = sent[index]
    if (next === undefined) break
    next.answer(next.sequence % 3 === 1 ? 503 : 200)
  }
  // 1, 4, 7 … 28 failed: ten are open, and nothing more is begun.
  assert.deepEqual(
    sequences(),
    Array.from({ length: 28 }, (_, index) => index + 1),
  )
  assert.equal(saved.cursor, 0)
})

test('a new hook begins now; one that was there goes on from its cursor', async () => {
  const rows = () => [change(1), change(2), change(3)]
  const fresh = stage(rows(), {}, 'never')
  await settle()
  assert.deepEqual([fresh.saved.cursor, fresh.sent.length], [3, 0])
  fresh.add(change(4))
  await settle(() => fresh.sent.length > 0)
  assert.deepEqual(fresh.sequences(), [4])
  await fresh.end()
  assert.equal(fresh.saved.cursor, 3, 'what was cut off counts as not delivered')
  const known = stage(rows(), {}, 1)
  await settle()
  assert.deepEqual(known.sequences(), [2, 3])
})

test('410 is an end, a redirect is a failure', async () => {
  const { sent, log, saved } = stage([change(1), change(2)])
  await settle()
  sent[0]?.answer(410)
  sent[1]?.answer(302)
  await settle()
  assert.equal(saved.cursor, 1)
  assert.deepEqual(
    log.map(({ error }) => error),
    ['HTTP status 410', 'Redirects are not followed'],
  )
})

test('errors are noted up to a length; a log that fails does not stop deliveries', async () => {
  const long = stage([change(1)])
  await settle()
  long.sent[0]?.answer(new Error('x'.repeat(1000)))
  await settle()
  assert.equal(long.log[0]?.error?.length, webhookLimits.errorCharacters)

  const deliveries = {
    state: async () => ({ cursor: 0, lastFailure: undefined }),
    record: () => Promise.reject(new Error('full')),
  }
  const { sent, errors, sequences } = stage([change(1, 'a'), change(2, 'a')], { deliveries })
  await settle()
  sent[0]?.answer(200)
  await settle()
  assert.deepEqual(sequences(), [1, 2])
  assert.deepEqual(errors, ['A delivery could not be noted'])
})

test('after the last attempt a change is given up, which is noted, and the next one of its resource follows', async () => {
  const patient = { ...hook, maximumAttempts: 3 }
  const { sent, sequences, time, log, saved, warnings } = stage([change(1, 'a'), change(2, 'a')], {
    hook: patient,
  })
  for (let attempt = 0; attempt < 3; attempt++) {
    await settle(() => sent.length > attempt)
    sent[attempt]?.answer(500)
    await settle(() => log.length > attempt)
    time.advance(webhookLimits.longestDelay)
  }
  await settle(() => sent.length > 3)
  assert.deepEqual(sequences(), [1, 1, 1, 2])
  assert.equal(saved.cursor, 1)
  assert.deepEqual(
    log.map(({ error }) => error),
    ['HTTP status 500', 'HTTP status 500', 'HTTP status 500; given up'],
  )
  assert.deepEqual(warnings, [
    'A change could not be delivered',
    'A change could not be delivered',
    'A change was given up',
  ])
  sent[3]?.answer(200)
  await settle(() => saved.cursor === 2)
})

test('a change that is too old has one attempt', async () => {
  const born = Date.UTC(2026, 0, 2, 3, 4, 5)
  const impatient = { ...hook, maximumAge: 60 }
  const time = { now: born + 59_000 }
  const { sent, sequences, saved, log, ...old } = stage([change(1, 'a'), change(2, 'a'), change(3, 'a')], {
    hook: impatient,
    clock: () => time.now,
  })
  await settle(() => sent.length > 0)
  sent[0]?.answer(500)
  await settle(() => log.length > 0)
  time.now = born + 60_000
  old.time.advance(webhookLimits.longestDelay)
  await settle(() => sent.length > 1)
  sent[1]?.answer(new Error('refused'))
  await settle(() => sent.length > 2)
  sent[2]?.answer(503)
  await settle(() => sent.length > 3)
  assert.deepEqual(sequences(), [1, 1, 2, 3])
  assert.equal(saved.cursor, 2)
  assert.deepEqual(
    log.map(({ error }) => error),
    ['HTTP status 500', 'refused; given up', 'HTTP status 503; given up'],
  )
})

test('an attempt that the end of the server cuts off is not the last one', async () => {
  const { sent, log, saved, end } = stage([change(1)], { hook: { ...hook, maximumAttempts: 1 } })
  await settle(() => sent.length > 0)
  await end()
  assert.deepEqual([log, saved.cursor], [[], 0])
})
