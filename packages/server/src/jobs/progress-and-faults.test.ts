import assert from 'node:assert/strict'
import { createHook } from 'node:async_hooks'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { DomainError } from '../model/domain-error.ts'
import type { Job } from '../model/job.ts'
import { Gates, listType, until, withJobs } from './jobs.fixture.ts'
import type { Jobs } from './jobs.ts'
import { percentOf } from './progress-board.ts'

const timeout = 30_000

const submission = (parameters: readonly string[], more = {}) => ({ type: 'List', parameters, ...more })

const run = async (jobs: Jobs, parameters: readonly string[], more = {}): Promise<Job> =>
  jobs.ended((await jobs.submit(submission(parameters, more))).id)

test('progress is told now and then, and each change of state', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const gates = new Gates()
    const jobs = engine([
      listType<string>(async (step, context) => {
        for (let share = 0; share < 100; share++) context.progress(share / 200)
        await gates.pass(step, context)
        context.progress(7)
      }),
    ])
    const told: string[] = []
    const leave = jobs.onProgress(({ job, progress }) => told.push(`${job.state} ${progress}`))
    await jobs.start()
    const { id } = await jobs.submit(submission(['a', 'b']))
    await gates.arrival('a')
    assert.deepEqual(told, ['Pending 0', 'Running 0', 'Running 0'])
    const running = await jobs.get(id)
    assert.equal(running && jobs.progressOf(running), 24)
    gates.open('a')
    await gates.arrival('b')
    assert.equal(running && jobs.progressOf(running), 74)
    gates.open('b')
    await jobs.ended(id)
    assert.deepEqual(told.slice(3), ['Success 100'])
    leave()
    await jobs.submit(submission([]))
    assert.equal(told.length, 4)
  }),
)

test('progress is told again after the interval', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const jobs = engine(
      [
        listType<string>(async (_, context) => {
          for (const share of [0.1, 0.2, 0.3]) context.progress(share)
        }),
      ],
      {},
      { progressInterval: 0 },
    )
    const told: number[] = []
    jobs.onProgress(({ progress }) => told.push(progress))
    await jobs.start()
    await run(jobs, ['a'])
    assert.deepEqual(told, [0, 0, 10, 20, 30, 100, 100])
  }),
)

test('a run that breaks off fails its job', { timeout }, () =>
  withJobs(async ({ engine, log }) => {
    const jobs = engine([listType<string>(async () => undefined)], {}, { progressInterval: 0 })
    jobs.onProgress(({ progress }) => {
      if (progress === 50) throw new Error('a listener that throws')
    })
    await jobs.start()
    const { error } = await run(jobs, ['a', 'b'])
    assert.equal(error?.code, 'InternalError')
    assert.equal(log.filter(({ level }) => level === 'error').length, 1)
  }),
)

test('per cent', () => {
  const job = { state: 'Running', steps: 8, cursor: 3 } as Job
  assert.equal(percentOf(job), 37)
  assert.equal(percentOf(job, 0.5), 43)
  assert.equal(percentOf({ ...job, cursor: 8 }, 1), 100)
  assert.equal(percentOf({ ...job, steps: 0, cursor: 0 }), 0)
  assert.equal(percentOf({ ...job, state: 'Success', steps: 0, cursor: 0 }), 100)
})

test('a catalog that fails does not lose a job, nor keeps the engine from stopping', { timeout }, () =>
  withJobs(async (here) => {
    const { engine, catalog, log } = here
    const gates = new Gates()
    const jobs = engine([listType<string>(gates.pass)], {}, { catalogRetry: 10 })
    await jobs.start()
    const { id } = await jobs.submit(submission(['a', 'b', 'c']))
    await gates.arrival('a')
    const record = catalog.jobs.record
    let failures = 3
    catalog.jobs.record = (...input) => {
      failures -= 1
      return failures < 0 ? record.apply(catalog.jobs, input) : Promise.reject(new DomainError('FullStorage'))
    }
    gates.open('a')
    gates.open('b')
    const { state, error } = await jobs.ended(id)
    assert.deepEqual([state, error?.code, failures], ['Failure', 'FullStorage', -1])
    assert.equal(log.filter(({ level }) => level === 'error').length, 2)
    failures = Number.POSITIVE_INFINITY
    const stuck = await jobs.submit(submission(['d']))
    gates.open('d')
    await until(async () => log.filter(({ level }) => level === 'error').length > 3)
    await jobs.stop()
    assert.equal((await jobs.get(stuck.id))?.state, 'Running')
  }),
)

test('claims that fail are tried again', { timeout }, () =>
  withJobs(async ({ engine, catalog }) => {
    const jobs = engine([listType<string>(async () => undefined)], {}, { catalogRetry: 5 })
    const claim = catalog.jobs.claim
    let failures = 2
    catalog.jobs.claim = (...input) => {
      failures -= 1
      return failures < 0 ? claim.apply(catalog.jobs, input) : Promise.reject(new DomainError('Database'))
    }
    await jobs.start()
    assert.equal((await run(jobs, ['a'])).state, 'Success')
  }),
)

test('nothing of an engine is left when it has stopped', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const timers = new Set<number>()
    const hook = createHook({
      init: (id, type) => void (type === 'Timeout' && timers.add(id)),
      destroy: (id) => void timers.delete(id),
    }).enable()
    const gates = new Gates()
    const passing = listType<string>(
      async (step, context) => {
        await gates.pass(step, context)
        throw new DomainError('NetworkProtocol', 'busy', { passing: { after: 60_000 } })
      },
      { retry: { times: 1, first: 1, longest: 1 } },
    )
    const jobs = engine([passing], {}, { stopGrace: 1 })
    await jobs.start()
    const { id } = await jobs.submit(submission(['a']))
    gates.open('a')
    await until(async () => (await jobs.get(id))?.state === 'Retry')
    const paused = await jobs.submit(submission(['b']))
    await gates.arrival('b')
    await jobs.pause(paused.id)
    assert.ok(timers.size > 0)
    await jobs.stop()
    await setImmediate()
    hook.disable()
    assert.equal(timers.size, 0)
    assert.equal((await jobs.get(paused.id))?.state, 'Paused')
  }),
)
