import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DomainError } from '../model/domain-error.ts'
import { Catalog, type CatalogOptions } from './catalog.ts'
import { type InstanceNames, instanceOf } from './instances.fixture.ts'
import type { Capacity } from './operations/make-room.ts'

interface Here {
  readonly catalog: Catalog
  readonly recycled: () => number
  readonly store: (names: InstanceNames) => Promise<string>
  /** Patient IDs, in order of arrival. */
  readonly patients: () => Promise<readonly string[]>
}

async function withCatalog(
  capacity: Partial<Capacity>,
  body: (here: Here) => Promise<void>,
  options: CatalogOptions = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-recycling-'))
  let recycled = 0
  const catalog = await Catalog.open(folder, {
    capacity: { bytes: 0, patients: 0, mode: 'Recycle', ...capacity },
    onRecycle: () => recycled++,
    ...options,
  })
  const patients = async () => {
    const ids = await catalog.list('Patient', { since: 0, limit: 0 })
    const all = await catalog.readMany('Patient', ids, { children: false })
    return all.map(({ mainTags }) => String(mainTags['0010,0020']))
  }
  try {
    await body({
      catalog,
      recycled: () => recycled,
      store: (names) => catalog.storeInstance(instanceOf(names)),
      patients,
    })
  } finally {
    await catalog.close()
    await rm(folder, { recursive: true })
  }
}

const isFull = (error: unknown) => error instanceof DomainError && error.code === 'FullStorage'

const patientId = (patient: string) => instanceOf({ patient, instance: '1' }).ids.patient

test('the oldest patient goes when another one comes; one with a new instance is the youngest', () =>
  withCatalog({ patients: 2 }, async ({ catalog, store, patients, recycled }) => {
    await store({ patient: 'A', instance: '1' })
    await store({ patient: 'B', instance: '1' })
    assert.equal(await store({ patient: 'A', instance: '2' }), 'Success')
    assert.equal(recycled(), 0)
    assert.equal(await store({ patient: 'C', instance: '1' }), 'Success')
    assert.deepEqual(await patients(), ['A', 'C'])
    assert.equal(recycled(), 1)
    assert.equal((await catalog.listRemovals(10)).length, 1)
    const { patients: count, instances, diskSize } = await catalog.statistics()
    assert.deepEqual([count, instances, diskSize], [2, 3, 300n])
  }))

test('a protected patient stays, and is the youngest when it is not protected any more', () =>
  withCatalog({ patients: 2 }, async ({ catalog, store, patients }) => {
    await store({ patient: 'A', instance: '1' })
    await catalog.setProtected(patientId('A'), true)
    await store({ patient: 'A', instance: '2', date: '20260101T000009' })
    for (const patient of ['B', 'C', 'D']) await store({ patient, instance: '1' })
    assert.deepEqual(await patients(), ['A', 'D'])
    await catalog.setProtected(patientId('A'), false)
    await store({ patient: 'E', instance: '1' })
    assert.deepEqual(await patients(), ['A', 'E'])
    await catalog.setProtected(patientId('A'), false)
    await store({ patient: 'F', instance: '1' })
    assert.deepEqual(await patients(), ['E', 'F'])
  }))

test('as many patients go as the bytes of the newcomer take', () =>
  withCatalog({ bytes: 1000 }, async ({ catalog, store, patients }) => {
    for (const patient of ['A', 'B', 'C', 'D']) await store({ patient, instance: '1', size: 250 })
    await store({ patient: 'E', instance: '1', size: 700 })
    assert.deepEqual(await patients(), ['D', 'E'])
    assert.equal((await catalog.statistics()).diskSize, 950n)
    await assert.rejects(store({ patient: 'F', instance: '1', size: 1001 }), isFull)
    assert.deepEqual(await patients(), ['D', 'E'])
  }))

test('the patient that is stored to never goes, and none goes in vain', () =>
  withCatalog({ bytes: 1000 }, async ({ catalog, store, patients }) => {
    await store({ patient: 'A', instance: '1', size: 400 })
    await store({ patient: 'B', instance: '1', size: 200 })
    await store({ patient: 'P', instance: '1', size: 400 })
    await catalog.setProtected(patientId('P'), true)
    await assert.rejects(store({ patient: 'A', instance: '2', size: 300 }), isFull)
    assert.deepEqual(await patients(), ['A', 'B', 'P'])
    assert.equal(await store({ patient: 'A', instance: '3', size: 200 }), 'Success')
    assert.deepEqual(await patients(), ['A', 'P'])
    assert.equal(await store({ patient: 'A', instance: '3', size: 900 }), 'AlreadyStored')
    const replaced = await store({ patient: 'A', instance: '3', size: 150, overwrite: true })
    assert.equal(replaced, 'Success')
    await assert.rejects(store({ patient: 'A', instance: '3', size: 201, overwrite: true }), isFull)
    assert.equal((await catalog.statistics()).diskSize, 950n)
  }))

test('a full storage that rejects refuses what would exceed it, and keeps everything', () =>
  withCatalog({ bytes: 1000, patients: 2, mode: 'Reject' }, async ({ store, patients, recycled }) => {
    await store({ patient: 'A', instance: '1' })
    await store({ patient: 'B', instance: '1' })
    await assert.rejects(store({ patient: 'C', instance: '1' }), isFull)
    assert.equal(await store({ patient: 'A', instance: '2', size: 800 }), 'Success')
    await assert.rejects(store({ patient: 'B', instance: '2', size: 1 }), isFull)
    assert.equal(await store({ patient: 'B', instance: '1' }), 'AlreadyStored')
    assert.deepEqual([await patients(), recycled()], [['A', 'B'], 0])
  }))

test('a patient too large for one transaction is recycled in slices before the newcomer is stored', () =>
  withCatalog(
    { bytes: 5000 },
    async ({ catalog, store, patients }) => {
      for (let at = 0; at < 40; at++) await store({ patient: 'A', series: `${at % 3}`, instance: `${at}` })
      for (const patient of ['B', 'C']) await store({ patient, instance: '1' })
      await catalog.setProtected(patientId('B'), true)
      await assert.rejects(store({ patient: 'D', instance: '1', size: 4901 }), isFull)
      assert.deepEqual(await patients(), ['A', 'B', 'C'])
      const [one, two] = await Promise.all([
        store({ patient: 'D', instance: '1', size: 2000 }),
        store({ patient: 'D', instance: '2', size: 2000 }),
      ])
      assert.deepEqual([one, two, await patients()], ['Success', 'Success', ['B', 'C', 'D']])
      assert.equal((await catalog.listRemovals(100)).length, 40)
    },
    { slice: 7 },
  ))

test('what takes room already is let in by adoption', () =>
  withCatalog({ bytes: 10 }, async ({ catalog, patients }) => {
    const instance = instanceOf({ patient: 'A', instance: '1' })
    assert.equal(await catalog.adoptInstance(instance), 'Success')
    assert.equal(await catalog.adoptInstance(instance), 'AlreadyStored')
    assert.deepEqual(await patients(), ['A'])
  }))
