import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { clearChanges, lastSequence, readChanges } from '../operations/read-changes.ts'
import { readHappenings } from '../operations/read-happenings.ts'
import { wholeRequest } from '../operations/store-instance.ts'
import { exampleInstance } from '../plans.fixture.ts'
import { openForWriting } from '../sqlite/database.ts'
import { Session } from '../sqlite/session.ts'
import { writes } from '../sqlite/writes.ts'
import { dropOldest, jobChanges, recordJobChange } from './record-job-change.ts'

const id = randomUUID()

test('jobs share the sequence of the changes, and are told to those alone who follow the whole feed', () => {
  const session = new Session(openForWriting(':memory:').database)
  recordJobChange(session, 'JobSubmitted', id, Date.UTC(2026, 0, 2, 3, 4, 5))
  writes.storeInstance(session, wholeRequest(exampleInstance(1)))
  recordJobChange(session, 'JobSuccess', id, 0)
  writes.storeInstance(session, wholeRequest(exampleInstance(2)))
  recordJobChange(session, 'JobResubmitted', id, 0)

  const { happenings, done, last } = readHappenings(session, { since: 0, limit: 100 })
  assert.deepEqual(
    happenings.map(({ sequence }) => sequence),
    Array.from({ length: 12 }, (_, index) => index + 1),
  )
  assert.deepEqual(
    happenings.flatMap(({ level }, index) => (level === 'Job' ? [index] : [])),
    [0, 6, 11],
  )
  assert.deepEqual([done, last], [true, 12])
  assert.deepEqual(happenings[0], {
    sequence: 1,
    type: 'JobSubmitted',
    level: 'Job',
    resourceId: id,
    date: '20260102T030405',
  })
  const part = readHappenings(session, { since: 5, limit: 3 })
  assert.deepEqual([part.happenings.map(({ sequence }) => sequence), part.done], [[6, 7, 8], false])

  const changes = readChanges(session, { limit: 100 })
  assert.deepEqual(
    changes.changes.map(({ sequence }) => sequence),
    [2, 3, 4, 5, 6, 8, 9, 10, 11],
  )
  assert.deepEqual([changes.done, changes.last], [true, 11])
  const page = readChanges(session, { since: 5, limit: 2 })
  assert.deepEqual([page.changes.map(({ sequence }) => sequence), page.done, page.last], [[6, 8], false, 8])
  const end = readChanges(session, { since: 11, limit: 2 })
  assert.deepEqual([end.changes, end.done, end.last], [[], true, 12])
  const newest = readChanges(session, { to: Number.MAX_SAFE_INTEGER, limit: 1 })
  assert.deepEqual(
    newest.changes.map(({ sequence }) => sequence),
    [11],
  )

  clearChanges(session)
  assert.deepEqual(readHappenings(session, { since: 0, limit: 5 }), { happenings: [], done: true, last: 12 })
  recordJobChange(session, 'JobPaused', id, 0)
  assert.equal(lastSequence(session), 13)
  session.close()
})

test('of what was told of jobs the newest stays', () => {
  const session = new Session(openForWriting(':memory:').database)
  const sequences = () =>
    readHappenings(session, { since: 0, limit: 1e6 }).happenings.map((one) => one.sequence)
  for (let count = 0; count < 10; count++) recordJobChange(session, 'JobRetry', id, 0)
  dropOldest(session, 20)
  assert.equal(sequences().length, 10)
  dropOldest(session, 3)
  assert.deepEqual(sequences(), [8, 9, 10])
  // It happens by itself.
  session.run(
    `WITH RECURSIVE n(value) AS (SELECT 11 UNION ALL SELECT value + 1 FROM n WHERE value < ?)
     INSERT INTO job_changes SELECT value, 'JobRetry', randomblob(16), '' FROM n`,
    jobChanges.kept + jobChanges.surplus - 1,
  )
  session.run(
    `UPDATE sqlite_sequence SET seq = ? WHERE name = 'changes'`,
    jobChanges.kept + jobChanges.surplus - 1,
  )
  recordJobChange(session, 'JobRetry', id, 0)
  assert.deepEqual(
    { ...session.get('SELECT count(*) AS count, min(sequence) AS first FROM job_changes') },
    { count: jobChanges.kept, first: jobChanges.surplus + 1 },
  )
  session.close()
})
