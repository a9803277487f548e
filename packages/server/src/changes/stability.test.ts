import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Catalog } from '../catalog/catalog.ts'
import { exampleInstance } from '../catalog/plans.fixture.ts'
import { formatDate } from '../model/clock.ts'
import { Changes } from './changes.ts'
import { Stability, type StabilityDependencies } from './stability.ts'

const start = Date.UTC(2026, 0, 2, 3, 4, 5, 900)

async function open(folder: string, options: Partial<StabilityDependencies> = {}) {
  const catalog = await Catalog.open(folder)
  const changes = new Changes(catalog)
  const clock = { now: start }
  const errors: unknown[] = []
  const stability = new Stability({
    catalog,
    changes,
    clock: () => clock.now,
    stableAge: 60,
    onError: (error) => errors.push(error),
    ...options,
  })
  const store = async (serial: number) => {
    const instance = { ...exampleInstance(serial), date: formatDate(clock.now) }
    await catalog.storeInstance(instance)
    changes.nudge()
    return instance
  }
  /** Types of the changes that tell of stability, in order. */
  const told = async () => {
    const page = await catalog.changes({ limit: 10_000 })
    return page.changes.map(({ type }) => type).filter((type) => type.startsWith('Stable'))
  }
  const close = async () => {
    await stability.stop()
    await catalog.close()
  }
  return { catalog, changes, clock, errors, stability, store, told, close }
}

type Opened = Awaited<ReturnType<typeof open>>

async function withStability(body: (here: Opened, folder: string) => Promise<void>, options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-stability-'))
  const here = await open(folder, options)
  try {
    await body(here, folder)
    assert.deepEqual(here.errors, [])
  } finally {
    await here.close()
    await rm(folder, { recursive: true })
  }
}

const allThree = ['StableSeries', 'StableStudy', 'StablePatient']

test('a quiet period is told once, from below, and the answers agree', () =>
  withStability(async ({ catalog, clock, stability, store, told }) => {
    const { ids } = await store(1)
    const isStable = async () => [
      (await catalog.get('Patient', ids.patient))?.isStable,
      (await catalog.readMany('Study', [ids.study], { children: false }))[0]?.isStable,
      (await catalog.get('Series', ids.series))?.isStable,
      (await catalog.get('Instance', ids.instance))?.isStable,
    ]
    clock.now = start + 60_000
    await stability.check()
    assert.deepEqual(await told(), [])
    assert.deepEqual(await isStable(), [false, false, false, true])
    clock.now = start + 61_000
    await stability.check()
    assert.deepEqual(await told(), allThree)
    assert.deepEqual(await isStable(), [true, true, true, true])
    clock.now += 1_000_000
    await stability.check()
    assert.deepEqual(await told(), allThree)
    const last = (await catalog.changes({ limit: 100 })).changes.at(-1)
    assert.equal(last?.date, formatDate(start + 61_000))
    assert.equal(last?.resourceId, ids.patient)
  }))

test('a new instance makes its ancestors unstable again, and nothing else', () =>
  withStability(async ({ catalog, clock, stability, store, told }) => {
    const [first, second] = [await store(1), await store(2)]
    clock.now += 40_000
    await store(1)
    clock.now += 30_000
    await stability.check()
    assert.deepEqual(await told(), ['StableSeries', 'StableStudy'])
    assert.equal((await catalog.get('Study', second.ids.study))?.isStable, true)
    assert.equal((await catalog.get('Study', first.ids.study))?.isStable, false)
    clock.now += 100_000
    await stability.check()
    await store(1)
    assert.equal((await catalog.get('Patient', first.ids.patient))?.isStable, false)
    // Replacing the instance took its study, and the changes of it, along.
    assert.deepEqual(await told(), ['StableSeries', 'StableStudy', 'StablePatient'])
    clock.now += 100_000
    await stability.check()
    assert.deepEqual(await told(), [...allThree.slice(0, 2), 'StablePatient', ...allThree])
  }))

test('what a process leaves unstable is told by the next one, once', () =>
  withStability(async (here, folder) => {
    await here.store(1)
    await here.close()
    for (const age of [59_000, 3_600_000, 7_200_000]) {
      const again = await open(folder, { clock: () => start + age })
      await again.stability.check()
      assert.deepEqual(await again.told(), age === 59_000 ? [] : allThree)
      await again.close()
    }
  }))

test('thousands become stable page by page', () =>
  withStability(
    async ({ clock, stability, store, told, changes }) => {
      await Promise.all(Array.from({ length: 300 }, (_, serial) => store(serial)))
      clock.now += 61_000
      let pages = 0
      changes.onNudge(() => pages++)
      await stability.check()
      const types = await told()
      assert.equal(types.length, 601)
      assert.equal(types.at(-1), 'StablePatient')
      assert.equal(pages, 13)
    },
    { perPage: 50 },
  ))

test('one timer waits for what is due next', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  await withStability(async ({ catalog, clock, store, told }) => {
    /** Time passes; what it sets off has plenty of turns to come to an end. */
    const pass = async (milliseconds: number) => {
      clock.now += milliseconds
      t.mock.timers.tick(milliseconds)
      for (let turn = 0; turn < 200; turn++) await setImmediate()
      await catalog.forgetRemovals([])
      for (let turn = 0; turn < 200; turn++) await setImmediate()
    }
    await store(1)
    await pass(30_000)
    await store(2)
    await pass(31_000)
    assert.deepEqual(await told(), ['StableSeries', 'StableStudy'])
    await pass(28_000)
    assert.equal((await told()).length, 2)
    await pass(2000)
    assert.deepEqual(await told(), ['StableSeries', 'StableStudy', ...allThree])
    await store(3)
    await pass(61_000)
    assert.equal((await told()).length, 8)
  })
})

test('what cannot be recorded is tried again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const errors: unknown[] = []
  const broken = { isBroken: true }
  await withStability(
    async ({ catalog, clock, stability, store, told }) => {
      const oldestUnstable = catalog.oldestUnstable.bind(catalog)
      catalog.oldestUnstable = async () => {
        if (broken.isBroken) throw new Error('no')
        return oldestUnstable()
      }
      await store(1)
      clock.now += 100_000
      await stability.check()
      assert.equal(errors.length, 1)
      broken.isBroken = false
      t.mock.timers.tick(5000)
      for (let turn = 0; turn < 10_000 && (await told()).length < 3; turn++) await setImmediate()
      assert.deepEqual(await told(), allThree)
    },
    { onError: (error: unknown) => errors.push(error) },
  )
})

test('a start does not wait for all of much that became stable before; it is told all the same', () =>
  withStability(
    async ({ catalog, clock, stability, store, told }) => {
      for (let serial = 0; serial < 4; serial++) await store(serial)
      clock.now += 61_001
      const held = Promise.withResolvers<void>()
      const record = catalog.recordStable.bind(catalog)
      catalog.recordStable = async (period) => {
        await held.promise
        return record(period)
      }
      await stability.begin(0)
      assert.deepEqual(await told(), [])
      held.resolve()
      await stability.begin(60_000)
      assert.ok((await told()).length > 0)
      assert.equal(await catalog.oldestUnstable(), undefined)
    },
    { perPage: 1 },
  ))
