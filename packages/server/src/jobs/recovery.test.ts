import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError } from '../model/domain-error.ts'
import type { JobType } from './job-type.ts'
import { Gates, listType, until, withJobs } from './jobs.fixture.ts'

const timeout = 30_000

const submission = (parameters: readonly string[], more = {}) => ({ type: 'List', parameters, ...more })

test('a stop gives running jobs back; the next start goes on at the cursor', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const gates = new Gates()
    const type = listType<string>(gates.pass)
    const first = engine([type], { concurrentJobs: 1 }, { stopGrace: 20 })
    await first.start()
    const running = await first.submit(submission(['a', 'b', 'c']))
    const paused = await first.submit(submission(['p']))
    const pending = await first.submit(submission(['q']))
    await first.pause(paused.id)
    gates.open('a')
    await gates.arrival('b')
    const ended = first.ended(running.id)
    await first.stop()
    await assert.rejects(ended, { code: 'DatabaseUnavailable' })
    const states = async () => (await first.list({})).map(({ state }) => state)
    assert.deepEqual(await states(), ['Pending', 'Paused', 'Pending'])
    assert.equal((await first.get(running.id))?.cursor, 1)

    const second = engine([type])
    await second.start()
    for (const name of ['b', 'c', 'q']) gates.open(name)
    await Promise.all([second.ended(running.id), second.ended(pending.id)])
    assert.deepEqual(await states(), ['Success', 'Paused', 'Success'])
    assert.deepEqual(
      gates.entered.filter((name) => name < 'd'),
      ['a', 'b', 'b', 'c'],
    )
  }),
)

test('a stop waits for the step under way, if that is short', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const gates = new Gates()
    const jobs = engine([listType<string>(gates.pass)])
    await jobs.start()
    const { id } = await jobs.submit(submission(['a', 'b']))
    await gates.arrival('a')
    const stopped = jobs.stop()
    gates.open('a')
    await stopped
    assert.deepEqual([(await jobs.get(id))?.state, (await jobs.get(id))?.cursor], ['Pending', 1])
  }),
)

test('a stop does not wait for a step that does not listen; its outcome comes to nothing', { timeout }, () =>
  withJobs(async ({ engine, log }) => {
    const end = Promise.withResolvers<undefined>()
    const begun = Promise.withResolvers<void>()
    const deaf = listType<string>(() => {
      begun.resolve()
      return end.promise
    })
    const jobs = engine([deaf], {}, { stopGrace: 1, patience: 20 })
    await jobs.start()
    const { id } = await jobs.submit(submission(['a']))
    await begun.promise
    await jobs.stop()
    assert.ok(log.some(({ level }) => level === 'warn'))
    end.resolve(undefined)
    assert.deepEqual([(await jobs.get(id))?.state, (await jobs.get(id))?.cursor], ['Pending', 0])
  }),
)

test('what ran when a process ended goes on as it was told to', { timeout }, () =>
  withJobs(async ({ engine, log, clock }) => {
    const [gates, later] = [new Gates(), new Gates()]
    // Its steps never end, so that it has no room for another job.
    const dead = engine(
      [listType<string>((name) => gates.pass(name, { signal: new AbortController().signal }))],
      { concurrentJobs: 3 },
      { stopGrace: 1, attendedGrace: 1, patience: 20 },
    )
    await dead.start()
    const [plain, paused, cancelled] = [
      await dead.submit(submission(['a'])),
      await dead.submit(submission(['b'])),
      await dead.submit(submission(['c'])),
    ]
    const attended = await dead.attend(submission([]), (context) => gates.pass('d', context))
    attended.ended.catch(() => undefined)
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => gates.arrival(name)))
    await dead.pause(paused.id)
    await dead.cancel(cancelled.id)
    clock.now += 10_000
    const alive = engine([listType<string>(later.pass)], { concurrentJobs: 0 })
    await alive.start()
    later.open('a')
    const states = async () => (await alive.list({})).map(({ state }) => state)
    await until(async () => (await states()).join() === 'Success,Paused,Failure,Failure')
    const { error } = await alive.ended(attended.id)
    assert.deepEqual(
      [error?.code, error?.details],
      ['NetworkProtocol', 'The server ended before the job did'],
    )
    assert.equal((await alive.ended(cancelled.id)).error?.code, 'CanceledJob')
    assert.equal((await alive.ended(plain.id)).state, 'Success')
    assert.equal(log.filter(({ message }) => /go on/.test(message)).length, 1)
    await assert.rejects(
      dead.attend({ ...submission([]), type: 'Other' }, async () => undefined),
      {
        code: 'BadParameterType',
      },
    )
  }),
)

test('a run that has lost its job writes nothing, and its blobs are nobody’s', { timeout }, () =>
  withJobs(async ({ engine, catalog, blobs }) => {
    const gates = new Gates()
    const reasons = new Set<unknown>()
    const make = (prefix: string): JobType =>
      listType<string>(async (step, context) => {
        // The first one does not listen.
        const { signal } = context
        signal.addEventListener('abort', () => reasons.add(signal.reason))
        await gates.pass(prefix + step, prefix === '1' ? { signal: new AbortController().signal } : context)
        return { result: { by: prefix }, parts: [{ ...blobs.write(prefix + step), output: 'archive' }] }
      })
    const [first, second] = [engine([make('1')], {}, { renewal: 20 }), engine([make('2')])]
    await first.start()
    const { id } = await first.submit(submission(['a', 'b']))
    gates.open('1a')
    await gates.arrival('1b')
    await second.start()
    await gates.arrival('2b')
    await until(async () => reasons.size > 0)
    assert.deepEqual([...reasons], ['lost'])
    gates.open('1b')
    await until(async () => (await catalog.listRemovals(10)).length > 0)
    const keys = [...blobs.bytes].map(([key, bytes]) => [Buffer.from(bytes).toString(), key] as const)
    const lost = keys.find(([text]) => text === '1b')
    assert.deepEqual(await catalog.listRemovals(10), [lost?.[1]])
    gates.open('2b')
    const job = await second.ended(id)
    assert.equal(job.state, 'Success')
    const output = await second.output(id, 'archive')
    const bytes = output && (await Array.fromAsync(output.read()))
    assert.equal(Buffer.concat(bytes ?? []).toString(), '1a2b')
  }),
)

test('an engine that is not heard of any more loses its jobs to one that is', { timeout }, () =>
  withJobs(async ({ engine, clock, limits }) => {
    const gates = new Gates()
    const [first, second] = [engine([listType<string>(gates.pass)]), engine([listType<string>(gates.pass)])]
    await Promise.all([first.start(), second.start()])
    for (const jump of [limits.lease, -limits.lease]) {
      const { id } = await first.submit(submission(['a']))
      await gates.arrival('a')
      const claimed = clock.now
      clock.now += jump - Math.sign(jump)
      await second.ended((await second.submit(submission([]))).id)
      // A clock that was set back tells nothing of the other one but that what it says lies in the future.
      const isKept = jump > 0
      assert.equal((await first.get(id))?.started === claimed, isKept)
      if (isKept) {
        clock.now += 1
        await second.ended((await second.submit(submission([]))).id)
      }
      await until(async () => (await first.get(id))?.started === clock.now)
      gates.open('a')
      assert.equal((await second.ended(id)).state, 'Success')
      assert.equal((await first.ended(id)).state, 'Success')
    }
  }),
)

test('without earlier jobs those that had not ended fail, and can be resubmitted', { timeout }, () =>
  withJobs(async ({ engine, log }) => {
    const type = listType<string>(async () => undefined)
    const early = engine([type])
    const ids: string[] = []
    for (let index = 0; index < 5; index++) ids.push((await early.submit(submission(['a']))).id)
    await early.pause(ids[1] ?? '')
    const late = engine([type], { resumeJobs: false, historySize: 3 }, { refusedAtOnce: 2 })
    await late.start()
    const jobs = await late.list({})
    assert.deepEqual(
      jobs.map(({ id }) => id),
      ids,
    )
    for (const { state, error } of jobs) assert.deepEqual([state, error?.code], ['Failure', 'CanceledJob'])
    assert.deepEqual(
      log.filter(({ level }) => level === 'warn').map(({ fields }) => fields),
      [{ jobs: 5 }],
    )
    assert.equal(await late.resubmit(ids[0] ?? ''), 'Done')
    assert.equal((await late.ended(ids[0] ?? '')).state, 'Success')
  }),
)

test('a limit of a type that there is not is told', { timeout }, () =>
  withJobs(async ({ engine, log }) => {
    const concurrency = new Map([
      ['List', 1],
      ['Lits', 1],
    ])
    await engine([listType<string>(async () => undefined)], { concurrency }).start()
    assert.deepEqual(
      log.map(({ level, fields }) => [level, fields]),
      [['warn', { type: 'Lits' }]],
    )
  }),
)

test('a job whose type is gone, or does not understand it any more, fails', { timeout }, () =>
  withJobs(async ({ engine }) => {
    const early = engine([
      listType<string>(async () => undefined),
      listType<string>(async () => undefined, { name: 'Gone' }),
    ])
    const gone = await early.submit({ type: 'Gone', parameters: ['a'] })
    const strange = await early.submit(submission(['a']))
    const late = engine([
      listType<string>(async () => undefined, {
        parse: () => {
          throw new DomainError('BadParameterType', 'too old')
        },
      }),
    ])
    await late.start()
    assert.equal((await late.ended(gone.id)).error?.code, 'NotImplemented')
    const failed = await late.ended(strange.id)
    assert.deepEqual([failed.error?.code, failed.error?.details], ['BadParameterType', 'too old'])
    for (const job of await late.list({})) assert.deepEqual(late.describe(job), {})
    await assert.rejects(late.submit({ type: 'Gone', parameters: [] }), { code: 'BadParameterType' })
    await assert.rejects(late.submit(submission([])), { code: 'BadParameterType', details: 'too old' })
  }),
)
