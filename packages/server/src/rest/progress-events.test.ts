import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JobProgress } from '../jobs/submission.ts'
import type { Job } from '../model/job.ts'
import { withProgress } from './progress-events.ts'

const timeout = 20_000

const progressOf = (id: string, progress: number): JobProgress => ({
  job: { id, state: 'Running' } as Job,
  progress,
})

/** Jobs that say what the test wants, and other events that come when it wants. */
function stage(most = 10) {
  const listeners = new Set<(progress: JobProgress) => void>()
  const others: PromiseWithResolvers<string>[] = [Promise.withResolvers()]
  const seen = { isOver: false }
  async function* events(): AsyncGenerator<string> {
    try {
      for (let index = 0; ; index++) {
        const other = others[index]
        if (other === undefined) return
        yield await other.promise
      }
    } finally {
      seen.isOver = true
    }
  }
  const onProgress = (listener: (progress: JobProgress) => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    listeners,
    seen,
    events: withProgress(events(), { onProgress }, most),
    tell: (id: string, progress: number) => {
      for (const listener of listeners) listener(progressOf(id, progress))
    },
    happen: (text: string, isLast = false) => {
      if (!isLast) others.push(Promise.withResolvers())
      others.at(isLast ? -1 : -2)?.resolve(text)
    },
    fail: (error: Error) => others.at(-1)?.reject(error),
  }
}

const line = (id: string, progress: number) =>
  `event: JobProgress\ndata: {"ID":"${id}","Progress":${progress},"State":"Running"}\n\n`

test('progress comes between other events, of each job the newest', { timeout }, async () => {
  const { events, tell, happen, listeners, seen } = stage()
  const first = events.next()
  happen('one')
  assert.deepEqual(await first, { done: false, value: 'one' })
  for (const progress of [1, 2, 3]) tell('a', progress)
  tell('b', 5)
  assert.equal((await events.next()).value, line('a', 3) + line('b', 5))
  const next = events.next()
  tell('a', 4)
  assert.equal((await next).value, line('a', 4))
  const last = events.next()
  happen('two', true)
  assert.equal((await last).value, 'two')
  assert.equal((await events.next()).done, true)
  assert.deepEqual([listeners.size, seen.isOver], [0, true])
})

test('a client that reads slowly misses progress, and nothing else', { timeout }, async () => {
  const { events, tell, happen } = stage(2)
  const first = events.next()
  happen('one')
  await first
  for (const id of ['a', 'b', 'a', 'c']) tell(id, 1)
  happen('two', true)
  const texts = [(await events.next()).value, (await events.next()).value]
  assert.deepEqual(texts.toSorted(), [line('a', 1) + line('c', 1), 'two'].toSorted())
})

test('what fails ends it', { timeout }, async () => {
  const { events, fail, listeners } = stage()
  const next = events.next()
  fail(new Error('no more'))
  await assert.rejects(next, /no more/)
  assert.equal(listeners.size, 0)
})
