import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError } from '../model/domain-error.ts'
import type { JobError } from '../model/job.ts'
import type { JobType } from './job-type.ts'
import { Gates, listType, type OpenJobs, until, withJobs } from './jobs.fixture.ts'
import type { Jobs } from './jobs.ts'

const timeout = 30_000

const submission = (parameters: readonly string[], more = {}) => ({ type: 'List', parameters, ...more })

const read = async (bytes: AsyncIterable<Uint8Array>) =>
  Buffer.concat(await Array.fromAsync(bytes)).toString()

const stateOf = async (jobs: Jobs, id: string) => (await jobs.get(id))?.state

const untilState = (jobs: Jobs, id: string, state: string) =>
  until(async () => (await stateOf(jobs, id)) === state)

const typesOf = async ({ catalog }: OpenJobs) =>
  (await catalog.happenings({ since: 0, limit: 1000 })).happenings.map(({ type }) => type)

test('a job runs step by step; results, facts, outcomes, log and parts are kept', { timeout }, () =>
  withJobs(async ({ engine, blobs, clock }) => {
    const seen: unknown[] = []
    const run: JobType['run'] = async (step, { index, facts, results, report, log }) => {
      seen.push([step, facts, await Array.fromAsync(results())])
      report(`resource ${index}`)
      log('info', `did ${step}`)
      return {
        facts: { last: step },
        result: { index },
        parts: [{ ...blobs.write(`<${step}>`), output: 'archive' }],
      }
    }
    const filename = (parameters: unknown) => `${(parameters as string[])[0]}.zip`
    const outputs = { archive: { contentType: 'application/zip', filename } }
    const plan = async (steps: readonly string[]) => ({ steps, facts: { last: 'none' } })
    const jobs = engine([listType<string>(run, { outputs, plan })])
    await jobs.start()
    const job = await jobs.submit(submission(['a', 'b', 'c'], { priority: 3, userData: { mine: 1 } }))
    assert.match(job.id, /^[0-9a-f-]{36}$/)
    const { state, steps, priority, userData, created } = job
    assert.deepEqual([state, steps, priority, userData, created], ['Pending', 3, 3, { mine: 1 }, clock.now])
    assert.deepEqual(jobs.describe(job), { Count: 3, last: 'none' })
    const done = await jobs.ended(job.id)
    const { cursor, facts, error } = done
    assert.deepEqual([done.state, cursor, facts, error], ['Success', 3, { last: 'c' }, undefined])
    assert.deepEqual(seen, [
      ['a', { last: 'none' }, []],
      ['b', { last: 'a' }, [{ index: 0 }]],
      ['c', { last: 'b' }, [{ index: 0 }, { index: 1 }]],
    ])
    assert.deepEqual(jobs.describe(done), { Count: 3, last: 'c' })
    assert.equal(jobs.progressOf(done), 100)
    const second = [{ number: 2, resource: 'resource 1', error: undefined }]
    assert.deepEqual(await jobs.outcomes(job.id, { since: 1, limit: 1 }), second)
    const lines = await jobs.log(job.id, { since: 0, limit: 10 })
    assert.deepEqual(
      lines?.map(({ text }) => text),
      ['did a', 'did b', 'did c'],
    )
    const output = await jobs.output(job.id, 'archive')
    assert.ok(output !== undefined)
    assert.deepEqual([output.size, output.contentType, output.filename], [9, 'application/zip', 'a.zip'])
    assert.equal(await read(output.read()), '<a><b><c>')
    assert.equal(await read(output.read({ start: 2, end: 7 })), '><b><')
    assert.equal(blobs.confirmed.size, 3)
    assert.deepEqual(await jobs.get(job.id), done)
    assert.equal(await jobs.log('no such job', { since: 0, limit: 1 }), undefined)
    assert.equal(await jobs.outcomes('no such job', { since: 0, limit: 1 }), undefined)
    assert.equal(await jobs.output(job.id, 'other'), undefined)
  }),
)

test('the highest priority first, then the oldest; so many at a time, of each type too', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const gates = new Gates()
    const slow = listType<string>(gates.pass)
    const rare = listType<string>(gates.pass, { name: 'Rare', concurrency: 1 })
    const single = listType<string>(gates.pass, { name: 'Single' })
    const jobs = engine([slow, rare, single], {
      concurrentJobs: 3,
      concurrency: new Map([['Single', 1]]),
    })
    const submitAll = [
      ['List', 'low', -1],
      ['List', 'first', 0],
      ['List', 'second', 0],
      ['Rare', 'rare 1', 5],
      ['Rare', 'rare 2', 4],
      ['Single', 'single 1', 3],
      ['Single', 'single 2', 2],
    ] as const
    for (const [type, name, priority] of submitAll) await jobs.submit({ type, parameters: [name], priority })
    await jobs.start()
    await gates.arrival('first')
    assert.deepEqual(gates.entered, ['rare 1', 'single 1', 'first'])
    gates.open('rare 1')
    await gates.arrival('rare 2')
    gates.open('first')
    await gates.arrival('second')
    gates.open('single 1')
    await gates.arrival('single 2')
    gates.open('second')
    await gates.arrival('low')
    for (const name of ['rare 2', 'single 2', 'low']) gates.open(name)
    await until(async () => (await jobs.list({ states: ['Success'] })).length === 7)
  }),
)

test('a pause lets the step end; resuming goes on behind it', { timeout }, () =>
  withJobs(async (here) => {
    const gates = new Gates()
    const jobs = here.engine([listType<string>(gates.pass)])
    await jobs.start()
    const { id } = await jobs.submit(submission(['a', 'b']))
    await gates.arrival('a')
    assert.equal(await jobs.pause(id), 'Done')
    assert.equal(await jobs.pause(id), 'Done')
    assert.equal(await stateOf(jobs, id), 'Running')
    gates.open('a')
    await untilState(jobs, id, 'Paused')
    assert.equal((await jobs.get(id))?.cursor, 1)
    assert.equal(await jobs.pause(id), 'Done')
    assert.equal(await jobs.resume(id), 'Done')
    assert.equal(await jobs.resume(id), 'NotNow')
    gates.open('b')
    assert.equal((await jobs.ended(id)).state, 'Success')
    assert.deepEqual(gates.entered, ['a', 'b'])
    const told = ['JobSubmitted', 'JobPaused', 'JobResumed', 'JobSuccess']
    assert.deepEqual(await typesOf(here), told)
  }),
)

test('a step that takes too long is stopped by a pause, and run again', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const gates = new Gates()
    const reasons: unknown[] = []
    const run: JobType['run'] = (step, context) => {
      context.signal.addEventListener('abort', () => reasons.push(context.signal.reason))
      context.report('reported')
      context.log('info', 'begun')
      return gates.pass(String(step), context)
    }
    const jobs = engine([listType<string>(run)], {}, { pauseGrace: 20 })
    await jobs.start()
    const { id } = await jobs.submit(submission(['a']))
    await gates.arrival('a')
    await jobs.pause(id)
    await untilState(jobs, id, 'Paused')
    assert.deepEqual([reasons, (await jobs.get(id))?.cursor], [['pause'], 0])
    await jobs.resume(id)
    gates.open('a')
    assert.equal((await jobs.ended(id)).state, 'Success')
    // It reported twice, and was done once.
    assert.equal((await jobs.outcomes(id, { since: 0, limit: 10 }))?.length, 1)
    assert.equal((await jobs.log(id, { since: 0, limit: 10 }))?.length, 2)
  }),
)

test('cancelling ends a job, at once whatever its state', { timeout }, () =>
  withJobs(async ({ engine, catalog, blobs, clock }) => {
    const gates = new Gates()
    const run: JobType['run'] = async (step, context) => {
      await gates.pass(String(step), context)
      return { parts: [{ ...blobs.write('x'), output: 'archive' }] }
    }
    const jobs = engine([listType<string>(run)], { concurrentJobs: 1 })
    await jobs.start()
    const running = await jobs.submit(submission(['a', 'b']))
    const pending = await jobs.submit(submission(['c']))
    const paused = await jobs.submit(submission(['d']))
    await jobs.pause(paused.id)
    gates.open('a')
    await gates.arrival('b')
    clock.now += 1000
    for (const { id } of [pending, paused, running]) {
      assert.equal(await jobs.cancel(id), 'Done')
      const { state, error, completed, started } = await jobs.ended(id)
      assert.deepEqual([state, completed, started], ['Failure', clock.now, undefined])
      assert.deepEqual(error, { code: 'CanceledJob', details: '', payload: undefined })
      assert.equal(await jobs.cancel(id), 'Done')
      assert.equal(await jobs.resume(id), 'NotNow')
    }
    assert.deepEqual(gates.entered, ['a', 'b'])
    assert.deepEqual(await catalog.listRemovals(10), [...blobs.bytes.keys()])
    assert.equal(await jobs.cancel('00000000-0000-0000-0000-000000000000'), 'Unknown')
    assert.equal(await jobs.cancel('nonsense'), 'Unknown')
  }),
)

test('an error that is known is told; of another one, where to look', { timeout }, () =>
  withJobs(async ({ engine, log }) => {
    const payload = { type: 'Dimse', content: { DimseErrorStatus: 49152 } }
    const jobs = engine([
      listType<string>(async (step) => {
        if (step === 'known') throw new DomainError('NetworkProtocol', 'refused', { payload })
        throw new Error('the secret of the house')
      }),
    ])
    await jobs.start()
    const known = await jobs.submit(submission(['known', 'never']))
    assert.deepEqual((await jobs.ended(known.id)).error, {
      code: 'NetworkProtocol',
      details: 'refused',
      payload,
    })
    const unknown = await jobs.submit(submission(['other']))
    const { error, cursor } = await jobs.ended(unknown.id)
    assert.equal(error?.code, 'InternalError')
    assert.equal(cursor, 0)
    assert.doesNotMatch(error.details, /secret/)
    const logId = /[0-9a-f-]{36}/.exec(error.details)?.[0]
    const logged = log.find(({ level }) => level === 'error')?.fields ?? {}
    assert.equal('logId' in logged && logged.logId, logId)
  }),
)

test('what a step gives that is no JSON fails the job, not the server', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const jobs = engine([listType<string>(async () => ({ facts: { big: 1n as unknown as number } }))])
    await jobs.start()
    const { id } = await jobs.submit(submission(['a']))
    assert.equal((await jobs.ended(id)).error?.code, 'InternalError')
  }),
)

test('a permissive job counts the steps that fail, and goes on', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const wrong: JobError = { code: 'BadFileFormat', details: 'x', payload: undefined }
    const jobs = engine([
      listType<string>(async (step, { report }) => {
        report(step, step === 'bad' ? wrong : undefined)
        if (step === 'bad') throw new DomainError('BadFileFormat', 'x')
      }),
    ])
    await jobs.start()
    const { id } = await jobs.submit(submission(['a', 'bad', 'b'], { permissive: true }))
    const { state, failedSteps, cursor, error } = await jobs.ended(id)
    assert.deepEqual([state, failedSteps, cursor, error], ['Success', 1, 3, undefined])
    const outcomes = await jobs.outcomes(id, { since: 0, limit: 10 })
    assert.deepEqual(
      outcomes?.map((each) => each.error),
      [undefined, wrong, undefined],
    )
    const strict = await jobs.submit(submission(['a', 'bad', 'b']))
    const failed = await jobs.ended(strict.id)
    assert.deepEqual([failed.state, failed.failedSteps, failed.cursor], ['Failure', 0, 1])
    assert.equal((await jobs.outcomes(strict.id, { since: 0, limit: 10 }))?.length, 2)
  }),
)

/** A type whose steps fail for now as often as told. */
function flaky(failures: number, after?: number) {
  const times: number[] = []
  let left = failures
  const retry = { times: 3, first: 1000, longest: 3000 }
  const passing = after === undefined ? {} : { after }
  const make = (clock: OpenJobs['clock']) =>
    listType<string>(
      async (step) => {
        times.push(clock.now)
        if (step !== 'flaky' || left === 0) return
        left -= 1
        throw new DomainError('NetworkProtocol', 'busy', { passing })
      },
      { retry },
    )
  return { times, make }
}

test('what fails for now is tried again, later each time', { timeout }, () =>
  withJobs(async (here) => {
    const { engine, clock } = here
    const { times, make } = flaky(3)
    const jobs = engine([make(clock)])
    await jobs.start()
    const begun = clock.now
    const { id } = await jobs.submit(submission(['a', 'flaky', 'b']))
    for (const [attempts, delay] of [
      [1, 1000],
      [2, 2000],
      [3, 3000],
    ] as const) {
      await until(async () => (await jobs.get(id))?.attempts === attempts)
      await untilState(jobs, id, 'Retry')
      const { attempts: counted, due, error, cursor } = (await jobs.get(id)) ?? {}
      assert.deepEqual([counted, due, cursor], [attempts, clock.now + delay, 1])
      assert.deepEqual(error, { code: 'NetworkProtocol', details: 'busy', payload: undefined })
      clock.now += delay - 1
      await jobs.ended((await jobs.submit(submission([]))).id)
      assert.equal(await stateOf(jobs, id), 'Retry')
      clock.now += 1
      await jobs.submit(submission([]))
    }
    const { state, error, attempts } = await jobs.ended(id)
    assert.deepEqual([state, error, attempts], ['Success', undefined, 0])
    assert.deepEqual(
      times,
      [0, 0, 1000, 3000, 6000, 6000].map((delay) => begun + delay),
    )
    const told = (await typesOf(here)).filter((type) => type === 'JobRetry')
    assert.equal(told.length, 3)
    const lines = await jobs.log(id, { since: 0, limit: 10 })
    assert.equal(lines?.[0]?.text, 'busy; is tried again in 1.0 s')
  }),
)

test('after the last attempt it fails, or with permissive the step does', { timeout }, () =>
  withJobs(async ({ engine, clock }) => {
    for (const permissive of [false, true]) {
      const jobs = engine([flaky(4, 5).make(clock)])
      await jobs.start()
      const { id } = await jobs.submit(submission(['flaky', 'b'], { permissive }))
      for (let attempt = 1; attempt <= 3; attempt++) {
        await until(async () => (await jobs.get(id))?.attempts === attempt)
        await untilState(jobs, id, 'Retry')
        // What the other side asked for wins.
        assert.equal((await jobs.get(id))?.due, clock.now + 5)
        clock.now += 5
        await jobs.submit(submission([]))
      }
      const { state, failedSteps, cursor } = await jobs.ended(id)
      assert.deepEqual([state, failedSteps, cursor], permissive ? ['Success', 1, 2] : ['Failure', 0, 0])
      await jobs.stop()
    }
  }),
)

test('nothing polls: one timer waits for what is due', { timeout }, () =>
  withJobs(async ({ engine, clock }) => {
    const { make } = flaky(1, 30)
    const type = make(clock)
    const jobs = engine([type])
    await jobs.start()
    const { id } = await jobs.submit(submission(['flaky']))
    await untilState(jobs, id, 'Retry')
    clock.now += 30
    assert.equal((await jobs.ended(id)).state, 'Success')
  }),
)

test('a clock that is set back does not keep a job waiting', { timeout }, () =>
  withJobs(async ({ engine, clock }) => {
    const jobs = engine([flaky(1, 60_000).make(clock)])
    await jobs.start()
    const { id } = await jobs.submit(submission(['flaky']))
    await untilState(jobs, id, 'Retry')
    clock.now -= 3_600_000
    await jobs.submit(submission([]))
    assert.equal((await jobs.ended(id)).state, 'Success')
  }),
)
