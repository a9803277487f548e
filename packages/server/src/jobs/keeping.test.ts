import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError } from '../model/domain-error.ts'
import type { Job } from '../model/job.ts'
import type { JobType } from './job-type.ts'
import { Gates, listType, type OpenJobs, withJobs } from './jobs.fixture.ts'
import type { Jobs } from './jobs.ts'

const timeout = 30_000

const submission = (parameters: readonly string[], more = {}) => ({ type: 'List', parameters, ...more })

const run = async (jobs: Jobs, parameters: readonly string[], more = {}): Promise<Job> =>
  jobs.ended((await jobs.submit(submission(parameters, more))).id)

/** Steps that begin with `!` fail; the others write their names into an archive. */
const writing = ({ blobs }: OpenJobs): JobType =>
  listType<string>(async (step, { report, index }) => {
    report(step)
    if (step.startsWith('!')) throw new DomainError('BadFileFormat', step)
    return { result: { index }, parts: [{ ...blobs.write(step), output: 'archive' }] }
  })

const idsOf = (jobs: readonly Job[]) => jobs.map(({ id }) => id)

test('the history keeps the jobs that were over last, whatever the clock says', { timeout }, () =>
  withJobs(async (here) => {
    const jobs = here.engine([writing(here)], { historySize: 2, keptOutputs: 5 })
    await jobs.start()
    const all: Job[] = []
    for (const name of ['a', '!b', 'c', 'd']) {
      all.push(await run(jobs, [name]))
      here.clock.now -= 1000
    }
    assert.deepEqual(idsOf(await jobs.list({})), idsOf(all.slice(2)))
    const kept = [...here.blobs.bytes].filter(([, bytes]) => /[cd]/.test(Buffer.from(bytes).toString()))
    const removals = await here.catalog.listRemovals(10)
    for (const [key] of here.blobs.bytes) {
      const isKept = kept.some(([other]) => other === key)
      assert.equal(removals.includes(key), !isKept)
      assert.equal(await here.catalog.hasBlob(key), isKept)
    }
    assert.equal(await jobs.remove(all[3]?.id ?? ''), 'Done')
    assert.equal(await jobs.remove(all[3]?.id ?? ''), 'Unknown')
    assert.equal((await here.catalog.listRemovals(10)).length, 2)
  }),
)

test('a job that the history has no room for is still told to those who wait', { timeout }, () =>
  withJobs(async (here) => {
    const jobs = here.engine([writing(here)], { historySize: 0 }, { recentEnds: 2 })
    await jobs.start()
    const { id } = await jobs.submit(submission(['a']))
    const early = jobs.ended(id)
    assert.equal((await early).state, 'Success')
    assert.equal((await jobs.ended(id)).state, 'Success')
    assert.deepEqual([await jobs.get(id), await jobs.list({})], [undefined, []])
    assert.equal((await here.catalog.listRemovals(10)).length, 1)
    await run(jobs, [])
    await jobs.ended(id)
    await run(jobs, [])
    await assert.rejects(jobs.ended(id), { code: 'UnknownResource' })
  }),
)

test('who waits for an end may leave', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const jobs = engine([listType<string>(async () => undefined)])
    const { id } = await jobs.submit(submission(['a']))
    const leave = new AbortController()
    const ended = jobs.ended(id, leave.signal)
    leave.abort(new Error('gone'))
    await assert.rejects(ended, /gone/)
    await assert.rejects(jobs.ended(id, leave.signal), /gone/)
    await jobs.start()
    assert.equal((await jobs.ended(id)).state, 'Success')
  }),
)

test('of outputs the ones used last are kept', { timeout }, () =>
  withJobs(async (here) => {
    const jobs = here.engine([writing(here)], { keptOutputs: 2 })
    await jobs.start()
    const { id: a } = await run(jobs, ['a1', 'a2'])
    const { id: b } = await run(jobs, ['b'])
    assert.equal((await jobs.output(a, 'archive'))?.size, 4)
    const { id: c } = await run(jobs, ['c'])
    assert.equal(await jobs.output(b, 'archive'), undefined)
    assert.equal((await here.catalog.listRemovals(10)).length, 1)
    for (const id of [a, c]) assert.ok((await jobs.output(id, 'archive')) !== undefined)
    assert.equal(await jobs.removeOutput(a, 'archive'), true)
    assert.equal(await jobs.removeOutput(a, 'archive'), false)
    assert.equal(await jobs.output(a, 'archive'), undefined)
    assert.equal((await here.catalog.listRemovals(10)).length, 3)
    const { id: failed } = await run(jobs, ['x', '!'])
    assert.equal(await jobs.output(failed, 'archive'), undefined)
    assert.equal((await here.catalog.listRemovals(10)).length, 4)
    assert.ok((await jobs.output(c, 'archive')) !== undefined)
  }),
)

test('so many jobs may be attended at the same time, and no more', { timeout }, () =>
  withJobs(async (here) => {
    const gates = new Gates()
    const jobs = here.engine([writing(here)], {}, { attended: 1 })
    await jobs.start()
    const attend = (name: string) =>
      jobs.attend({ type: 'List', parameters: [] }, (context) => gates.pass(name, context))
    const first = await attend('first')
    await assert.rejects(attend('second'), { code: 'NotEnoughMemory' })
    gates.open('first')
    await first.ended
    gates.open('third')
    assert.equal((await (await attend('third')).ended).state, 'Success')
  }),
)

test('parts of jobs are files of the storage that belong to somebody', { timeout }, () =>
  withJobs(async (here) => {
    const jobs = here.engine([writing(here)])
    await jobs.start()
    const { id } = await run(jobs, ['a', 'bc'])
    const files = await here.catalog.files(undefined, 10)
    const expected = [...here.blobs.bytes].map(([blobKey, { length: size }]) => ({
      level: 'Job',
      id,
      blobKey,
      size,
      md5: undefined,
    }))
    assert.deepEqual(
      files,
      expected.toSorted((x, y) => (x.blobKey < y.blobKey ? -1 : 1)),
    )
    assert.deepEqual(await here.catalog.files(files[0]?.blobKey, 10), files.slice(1))
  }),
)

test('a job that is resubmitted begins anew, and forgets all but why it failed', { timeout }, () =>
  withJobs(async (here) => {
    const gates = new Gates()
    let isRepaired = false
    const type = listType<string>(
      async (step, context) => {
        context.report(step)
        if (step === 'gate') await gates.pass(step, context)
        if (step === 'bad' && !isRepaired) throw new DomainError('BadFileFormat', 'broken')
        return { facts: { last: step }, parts: [{ ...here.blobs.write(step), output: 'archive' }] }
      },
      { plan: async (steps) => ({ steps, facts: { last: 'none' } }) },
    )
    const jobs = here.engine([type])
    await jobs.start()
    const { id, created } = await run(jobs, ['a', 'gate', 'bad'].slice(0, 1).concat('bad'))
    here.clock.now += 1000
    isRepaired = true
    await jobs.stop()
    const later = here.engine([type])
    assert.equal(await later.resubmit(id), 'Done')
    assert.equal(await later.resubmit(id), 'NotNow')
    const again = await later.get(id)
    assert.deepEqual(
      [again?.state, again?.cursor, again?.facts, again?.created, again?.completed, again?.runtime],
      ['Pending', 0, { last: 'none' }, created, undefined, 0],
    )
    assert.equal(again?.error?.details, 'broken')
    assert.deepEqual(await later.outcomes(id, { since: 0, limit: 10 }), [])
    assert.equal((await here.catalog.listRemovals(10)).length, 1)
    await later.start()
    const { state, error } = await later.ended(id)
    assert.deepEqual([state, error], ['Success', undefined])
    assert.equal((await later.outcomes(id, { since: 0, limit: 10 }))?.length, 2)
    assert.equal((await later.output(id, 'archive'))?.size, 4)
    assert.equal(await later.resubmit(id), 'NotNow')
  }),
)

test('a type may forbid it', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const resubmission = 'Cannot resubmit the creation of an archive'
    const type = listType<string>(
      async (step) => {
        if (step === 'bad') throw new DomainError('BadFileFormat')
      },
      { resubmission },
    )
    const jobs = engine([type])
    await jobs.start()
    const failed = await run(jobs, ['bad'])
    await assert.rejects(jobs.resubmit(failed.id), { code: 'BadSequenceOfCalls', details: resubmission })
    assert.equal(await jobs.resubmit((await run(jobs, [])).id), 'NotNow')
    assert.equal(await jobs.resubmit('nonsense'), 'Unknown')
  }),
)

test('lists: states, types, order, a part; priorities of those that wait', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const type = listType<string>(async () => undefined)
    const jobs = engine([type, listType<string>(async () => undefined, { name: 'Other' })])
    const [a, b, c, d] = [
      await jobs.submit(submission(['a'], { priority: 1 })),
      await jobs.submit(submission(['b'])),
      await jobs.submit(submission(['c'], { priority: 5 })),
      await jobs.submit({ type: 'Other', parameters: ['d'], priority: 1 }),
    ]
    await jobs.cancel(b.id)
    const list = async (query = {}) => idsOf(await jobs.list(query))
    const ids = [a, b, c, d].map(({ id }) => id)
    assert.deepEqual(await list(), ids)
    assert.deepEqual(await list({ order: 'newest' }), ids.toReversed())
    assert.deepEqual(await list({ order: 'priority' }), idsOf([c, a, d, b]))
    assert.deepEqual(await list({ order: 'priority', since: 1, limit: 2 }), idsOf([a, d]))
    assert.deepEqual(await list({ states: ['Failure'] }), [b.id])
    assert.deepEqual(await list({ states: ['Failure', 'Pending'], types: ['Other'] }), [d.id])
    assert.deepEqual(await list({ types: ['List'], limit: 2 }), idsOf([a, b]))
    assert.deepEqual(await list({ states: [] }), [])
    assert.equal(await jobs.setPriority(a.id, 9), 'Done')
    assert.equal(await jobs.setPriority(b.id, 9), 'NotNow')
    assert.equal(await jobs.setPriority('nonsense', 9), 'Unknown')
    assert.deepEqual(await list({ order: 'priority' }), idsOf([a, c, d, b]))
    assert.equal(await jobs.remove(a.id), 'NotNow')
  }),
)

test('a job that is attended runs at once, and ends with its work', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const gates = new Gates()
    const jobs = engine([listType<string>(gates.pass)], { concurrentJobs: 1 }, { renewal: 20 })
    await assert.rejects(
      jobs.attend(submission([]), async () => undefined),
      { code: 'DatabaseUnavailable' },
    )
    await jobs.start()
    await jobs.submit(submission(['slow']))
    await gates.arrival('slow')
    const attend = (name: string) =>
      jobs.attend(submission([], { permissive: true }), async (context) => {
        await gates.pass(name, context)
        if (name === 'bad') throw new DomainError('NetworkProtocol', 'gone', { passing: {} })
        return { facts: { size: 3 } }
      })
    const good = await attend('good')
    await gates.arrival('good')
    assert.equal((await jobs.get(good.id))?.state, 'Running')
    assert.deepEqual([await jobs.pause(good.id), await jobs.resume(good.id)], ['NotNow', 'NotNow'])
    gates.open('good')
    const done = await good.ended
    assert.deepEqual([done.state, done.facts], ['Success', { size: 3 }])
    const bad = await attend('bad')
    gates.open('bad')
    assert.equal((await bad.ended).error?.details, 'gone')
    assert.equal(await jobs.resubmit(bad.id), 'NotNow')
    const cancelled = await attend('cancelled')
    await gates.arrival('cancelled')
    assert.equal(await jobs.cancel(cancelled.id), 'Done')
    assert.equal((await cancelled.ended).error?.code, 'CanceledJob')
    const deserted = await attend('deserted')
    await gates.arrival('deserted')
    gates.open('slow')
    const limits = { stopGrace: 1, attendedGrace: 1 }
    const other = engine([listType<string>(gates.pass)], {}, limits)
    await other.start()
    assert.equal((await other.ended(deserted.id)).error?.code, 'NetworkProtocol')
  }),
)

test('a stop lets what is attended end, for a while', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const gates = new Gates()
    const jobs = engine([listType<string>(gates.pass)], {}, { attendedGrace: 50 })
    await jobs.start()
    const attend = (name: string) => jobs.attend(submission([]), (context) => gates.pass(name, context))
    const [quick, slow] = [await attend('quick'), await attend('slow')]
    await Promise.all([gates.arrival('quick'), gates.arrival('slow')])
    const stopped = jobs.stop()
    gates.open('quick')
    assert.equal((await quick.ended).state, 'Success')
    await stopped
    const { state, error } = await slow.ended
    assert.deepEqual([state, error?.code], ['Failure', 'NetworkProtocol'])
    await assert.rejects(attend('late'), { code: 'DatabaseUnavailable' })
  }),
)

test('outcomes, lines and their length are bounded; the newest stay', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const talkative = listType<string>(async (step, { log, report }) => {
      for (let index = 1; index <= 4; index++) {
        log('info', `${step}${index}xxxxxxxx`)
        report(`${step}${index}`)
      }
    })
    const jobs = engine([talkative], {}, { lines: 3, outcomes: 5, lineCharacters: 4 })
    await jobs.start()
    const { id } = await run(jobs, ['a', 'b'])
    const page = { since: 0, limit: 100 }
    assert.deepEqual(
      (await jobs.log(id, page))?.map(({ text }) => text),
      ['b2xx', 'b3xx', 'b4xx'],
    )
    const outcomes = await jobs.outcomes(id, page)
    assert.deepEqual(
      outcomes?.map(({ number, resource }) => [number, resource]),
      [
        [4, 'a4'],
        [5, 'b1'],
        [6, 'b2'],
        [7, 'b3'],
        [8, 'b4'],
      ],
    )
  }),
)

test('a plan of many steps is kept in few rows; results come in pages', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const steps = Array.from({ length: 2500 }, (_, index) => String(index))
    const seen: string[] = []
    let results = 0
    const counting = listType<string>(async (step, context) => {
      seen.push(step)
      if (step === '2499') for await (const { index } of context.results()) results += Number(index)
      return Number(step) % 10 === 0 ? { result: { index: 1 } } : undefined
    })
    const jobs = engine([counting], {}, { resultsPage: 7 })
    await jobs.start()
    assert.equal((await run(jobs, steps)).cursor, 2500)
    assert.deepEqual(seen, steps)
    assert.equal(results, 250)
  }),
)
