import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Change, ChangeType } from '../model/change.ts'
import { follow, type Stretch } from './follow.ts'

const change = (sequence: number, type: ChangeType = 'NewInstance'): Change => ({
  sequence,
  type,
  level: type === 'NewStudy' ? 'Study' : 'Instance',
  resourceId: `resource ${sequence}`,
  date: '20260102T030405',
})

/** A feed in memory that counts what is read, and who listens. */
function feedOf(rows: Change[]) {
  const listeners = new Set<() => void>()
  const seen: { readonly since: number; readonly limit: number }[] = []
  return {
    seen,
    listeners,
    add(...more: readonly Change[]): void {
      rows.push(...more)
      for (const listener of listeners) listener()
    },
    happenings: async (query: { readonly since: number; readonly limit: number }) => {
      seen.push(query)
      const after = rows.filter(({ sequence }) => sequence > query.since)
      const happenings = after.slice(0, query.limit)
      return { happenings, done: after.length <= query.limit, last: happenings.at(-1)?.sequence ?? 99 }
    },
    onNudge: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const patient = { pageSize: 2, silence: 30_000 }

async function take(stretches: AsyncIterator<Stretch>): Promise<readonly number[]> {
  const { value } = await stretches.next()
  return (value as Stretch).happenings.map(({ sequence }) => sequence)
}

test('pages, gaps, and what comes later', { timeout: 20_000 }, async () => {
  const feed = feedOf([change(1), change(2), change(5), change(90)])
  const end = new AbortController()
  const stretches = follow(feed, { since: 1, ...patient, signal: end.signal })
  assert.deepEqual(await take(stretches), [2, 5])
  assert.deepEqual(await take(stretches), [90])
  const next = take(stretches)
  feed.add(change(1000))
  assert.deepEqual(await next, [1000])
  // What comes while nobody waits is not missed.
  feed.add(change(1001))
  assert.deepEqual(await take(stretches), [1001])
  const last = stretches.next()
  end.abort()
  assert.equal((await last).done, true)
  assert.equal(feed.listeners.size, 0)
})

test('nothing is read ahead of what is asked for', { timeout: 20_000 }, async () => {
  const feed = feedOf(Array.from({ length: 1000 }, (_, index) => change(index + 1)))
  const stretches = follow(feed, { since: 0, ...patient, signal: new AbortController().signal })
  await take(stretches)
  assert.deepEqual(feed.seen, [{ since: 0, limit: 2 }])
  await stretches.return(undefined)
  assert.equal(feed.listeners.size, 0)
})

test('types and levels, over pages that have none', { timeout: 20_000 }, async () => {
  const rows = [1, 2, 3, 4, 5, 6, 7].map((sequence) =>
    change(sequence, sequence === 7 ? 'NewStudy' : undefined),
  )
  const { signal } = new AbortController()
  const byType = follow(feedOf(rows), { since: 0, ...patient, types: ['NewStudy'], signal })
  assert.deepEqual(await take(byType), [7])
  await byType.return(undefined)
  const byLevel = follow(feedOf(rows), { since: 0, ...patient, levels: ['Study', 'Patient'], signal })
  assert.deepEqual(await take(byLevel), [7])
  await byLevel.return(undefined)
})

test('silence is told, with how far the feed was read', { timeout: 20_000 }, async () => {
  const feed = feedOf([change(1), change(2), change(3)])
  const { signal } = new AbortController()
  const stretches = follow(feed, { since: 0, pageSize: 2, silence: 20, levels: ['Study'], signal })
  assert.deepEqual((await stretches.next()).value, { happenings: [], last: 3 })
  assert.deepEqual((await stretches.next()).value, { happenings: [], last: 3 })
  await stretches.return(undefined)
})
