import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Catalog } from './catalog.ts'
import { instanceOf } from './instances.fixture.ts'
import { openForWriting } from './sqlite/database.ts'
import { Session } from './sqlite/session.ts'
import { writes } from './sqlite/writes.ts'

/** Catalogs to close, whatever happens. */
const opened: Catalog[] = []

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-deletion-'))
  try {
    await body(folder)
  } finally {
    for (const catalog of opened.splice(0)) await catalog.close()
    await rm(folder, { recursive: true })
  }
}

/** Two studies of 10 instances in 4 series, of a patient A. */
const large = Array.from({ length: 20 }, (_, at) =>
  instanceOf({ patient: 'A', study: `${at % 2}`, series: `${at % 4}`, instance: `${at}` }),
)
const ids = instanceOf({ patient: 'A', study: '0', series: '0', instance: '0' }).ids

async function fill(folder: string, slice: number): Promise<Catalog> {
  const catalog = await Catalog.open(folder, { slice })
  opened.push(catalog)
  await Promise.all(large.map((instance) => catalog.storeInstance(instance)))
  return catalog
}

const countsOf = async (catalog: Catalog) => {
  const { patients, studies, series, instances, diskSize } = await catalog.statistics()
  return [patients, studies, series, instances, Number(diskSize)]
}

for (const slice of [1, 3, 5, 9, 100]) {
  test(`slices of ${slice} delete what one transaction would`, () =>
    withFolder(async (folder) => {
      const catalog = await fill(folder, slice)
      const remaining = { level: 'Patient', id: ids.patient }
      const deletion = await catalog.deleteResource({ level: 'Study', id: ids.study })
      assert.deepEqual(deletion, { remainingAncestor: remaining })
      assert.deepEqual(await countsOf(catalog), [1, 1, 2, 10, 1000])
      assert.equal((await catalog.listRemovals(100)).length, 10)
      const last = await catalog.deleteResource({ level: 'Patient', id: ids.patient })
      assert.deepEqual(last, { remainingAncestor: undefined })
      assert.equal(await catalog.deleteResource({ level: 'Patient', id: ids.patient }), undefined)
      assert.deepEqual(await countsOf(catalog), [0, 0, 0, 0, 0])
      assert.deepEqual((await catalog.changes({ limit: 100 })).changes, [])
    }))
}

test('others write between slices; what is stored to a patient that is being deleted comes after it', () =>
  withFolder(async (folder) => {
    const catalog = await fill(folder, 1)
    const order: string[] = []
    const deletion = catalog
      .deleteResource({ level: 'Patient', id: ids.patient })
      .then(() => order.push('deleted'))
    const other = catalog
      .storeInstance(instanceOf({ patient: 'B', instance: '1' }))
      .then(() => order.push('other'))
    const again = catalog
      .storeInstance(instanceOf({ patient: 'A', study: '0', series: '0', instance: '0' }))
      .then((status) => order.push(status))
    await Promise.all([deletion, other, again])
    assert.deepEqual(order, ['other', 'deleted', 'Success'])
    assert.deepEqual(await countsOf(catalog), [2, 2, 2, 2, 200])
  }))

test('a deletion that a crash interrupts is completed before anything else', () =>
  withFolder(async (folder) => {
    await (await fill(folder, 100)).close()
    opened.length = 0
    const session = new Session(openForWriting(join(folder, 'catalog.sqlite')).database)
    const slice = { level: 'Patient', id: ids.patient, limit: 6 } as const
    assert.equal(writes.deleteSlice(session, slice), 'Unfinished')
    session.close()
    const catalog = await Catalog.open(folder, { slice: 6 })
    opened.push(catalog)
    assert.deepEqual((await countsOf(catalog)).slice(3), [14, 1400])
    await catalog.finishDeletions()
    assert.deepEqual(await countsOf(catalog), [0, 0, 0, 0, 0])
    await catalog.finishDeletions()
  }))

test('a patient that has another turn by now is not recycled', () =>
  withFolder(async (folder) => {
    await (await fill(folder, 100)).close()
    opened.length = 0
    const session = new Session(openForWriting(join(folder, 'catalog.sqlite')).database)
    const slice = { level: 'Patient', id: ids.patient, limit: 6, ifTurn: 2 } as const
    assert.equal(writes.deleteSlice(session, slice), undefined)
    assert.equal(writes.deleteSlice(session, { ...slice, ifTurn: 1 }), 'Unfinished')
    session.close()
  }))
