import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { openForWriting } from '../sqlite/database.ts'
import { Session } from '../sqlite/session.ts'
import { claimJobs } from './claim-jobs.ts'
import { completeJob } from './complete-job.ts'
import { submitJob } from './submit-job.ts'

function open(count: number) {
  const session = new Session(openForWriting(':memory:').database)
  const numbers = Array.from(
    { length: count },
    () =>
      submitJob(session, {
        id: randomUUID(),
        type: 'A',
        priority: 0,
        parameters: [],
        userData: undefined,
        permissive: false,
        steps: 0,
        plan: [],
        facts: {},
        created: 0,
        attendedBy: undefined,
      }).number,
  )
  const counted = (condition: string) =>
    Number(session.get(`SELECT count(*) AS count FROM jobs WHERE ${condition}`)?.count)
  return { session, numbers, count: counted }
}

test('many jobs that are due together are moved in several transactions', () => {
  const { session, count } = open(1100)
  session.run(`UPDATE jobs SET state = 'Retry', retried = 0, due = 10`)
  const request = {
    owner: randomUUID(),
    now: 10,
    lease: 10,
    most: 0,
    rooms: [],
    retention: { history: 1, outputs: 1 },
  }
  assert.deepEqual(
    [1, 2, 3].map(() => [claimJobs(session, request).wait, count(`state = 'Retry'`)]),
    [
      [0, 600],
      [0, 100],
      [undefined, 0],
    ],
  )
  session.close()
})

test('a history that became smaller shrinks a little with each completion', () => {
  const { session, numbers, count } = open(252)
  const complete = (history: number): void => {
    const completion = { error: undefined, time: 0, ran: 0 }
    completeJob(session, numbers.pop() ?? 0, completion, { history, outputs: 1 })
  }
  for (let index = 0; index < 250; index++) complete(1000)
  complete(5)
  assert.equal(count('completion IS NOT NULL'), 151)
  complete(5)
  assert.equal(count('completion IS NOT NULL'), 52)
  session.close()
})
