import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryBlobStore } from '../blobs/memory-blob-store.ts'
import { Reclaimer } from '../resources/reclaimer.ts'
import { Catalog } from './catalog.ts'
import { readIdEntries, readStoredIdEntries } from './instance-ids.fixture.ts'
import { instanceOf } from './instances.fixture.ts'
import { locateFiles } from './operations/archive-rows.ts'
import { listAttachments } from './operations/attachments.ts'
import { findKey } from './operations/find-key.ts'
import { listLabels } from './operations/labels.ts'
import { readMany } from './operations/read-many.ts'
import { getResource, hasInstance, locateFile } from './operations/read-resources.ts'
import { listRemovals } from './operations/removals.ts'
import { type NewInstance, wholeRequest } from './operations/store-instance.ts'
import { CatalogSearch } from './search/catalog-search.ts'
import { openForWriting } from './sqlite/database.ts'
import { Session } from './sqlite/session.ts'
import { writes } from './sqlite/writes.ts'

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-ids-'))
  try {
    await body(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Nine instances of three series; three share each prefix, which real ids never do. */
const ids = Array.from({ length: 9 }, (_, number) => {
  const series = String(number % 2)
  const { ids: real } = instanceOf({ patient: 'P', series, instance: String(number) })
  const shared = `${String(number % 3).repeat(8)}-${real.instance.slice(9)}`
  return { ...real, instance: `${shared.slice(0, 9)}0000${shared.slice(13)}` }
})

function example(number: number, overwrite: boolean): NewInstance {
  const own = ids[number]
  if (own === undefined) throw new Error('No such instance')
  const names = { patient: 'P', series: String(number % 2), instance: String(number), overwrite }
  return { ...instanceOf(names), ids: own }
}

const numbers = fc.nat(ids.length - 1)
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('store' as const), number: numbers, overwrite: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), number: numbers }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleteSeries' as const), number: numbers }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forget' as const), which: fc.nat(20) }) },
)
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never

/** The blobs of the instances that are there, by their ids. */
type Model = Map<string, string>

function perform(session: Session, model: Model, one: Command): void {
  if (one.kind === 'forget') {
    const removals = listRemovals(session, 100)
    writes.forgetRemovals(session, removals.slice(one.which % (removals.length + 1)).slice(0, 2))
    return
  }
  const instance = example(one.number, one.kind === 'store' && one.overwrite)
  const id = instance.ids.instance
  if (one.kind === 'store') {
    const isKept = model.has(id) && !one.overwrite
    assert.equal(writes.storeInstance(session, wholeRequest(instance)), isKept ? 'AlreadyStored' : 'Success')
    if (!isKept) model.set(id, instance.file.blobKey)
  } else if (one.kind === 'delete') {
    const deletion = writes.deleteSlice(session, { level: 'Instance', id, limit: 10 })
    assert.equal(deletion !== undefined, model.delete(id))
  } else {
    const { series } = instance.ids
    writes.deleteSlice(session, { level: 'Series', id: series, limit: 10 })
    for (const each of ids) if (each.series === series) model.delete(each.instance)
  }
}

function checkReads(session: Session, model: Model): void {
  const search = new CatalogSearch(session)
  const all = ids.map(({ instance }) => instance)
  const there = all.filter((id) => model.has(id))
  for (const id of all) {
    const key = findKey(session, 'Instance', id)
    assert.equal(key !== undefined, model.has(id))
    assert.equal(hasInstance(session, id), model.has(id))
    assert.equal(locateFile(session, id)?.blobKey, model.get(id))
    assert.equal(getResource(session, 'Instance', id)?.file?.blobKey, model.get(id))
    assert.equal(listLabels(session, 'Instance', id)?.length, model.has(id) ? 0 : undefined)
    assert.equal(listAttachments(session, 'Instance', id)?.length, model.has(id) ? 1 : undefined)
    assert.equal(search.keyOf('Instance', id), key)
    const found = [...search.find({ kind: 'resource', level: 'Instance', id })].flat()
    assert.deepEqual(found, key === undefined ? [] : [key])
    const located = [...locateFiles(session, [id]).values()].map(({ file }) => file.blobKey)
    assert.deepEqual(located, model.has(id) ? [model.get(id)] : [])
  }
  const details = readMany(session, 'Instance', all, { children: false })
  assert.deepEqual(
    details.map(({ id, file }) => [id, file?.blobKey]),
    there.map((id) => [id, model.get(id)]),
  )
  assert.deepEqual(new Set(locateFiles(session, all).keys()), new Set(there))
}

test('whatever is stored, deleted and cleaned up: ids find what is there, and nothing else', () =>
  withFolder(async (folder) => {
    let stale = 0
    let reused = 0
    fc.assert(
      fc.property(fc.array(command, { minLength: 5, maxLength: 40 }), (commands) => {
        const path = join(folder, `${randomUUID()}.sqlite`)
        const { database } = openForWriting(path)
        database.exec('PRAGMA synchronous = OFF')
        const session = new Session(database)
        const model: Model = new Map()
        for (const one of commands) {
          perform(session, model, one)
          checkReads(session, model)
          const { entries, rows, removals } = readIdEntries(session)
          assert.ok(rows.isSubsetOf(entries), 'each instance has an entry')
          assert.ok(entries.difference(rows).isSubsetOf(removals), 'what is left over will be removed')
          stale += entries.difference(rows).size
          reused += rows.intersection(removals).size
        }
        writes.forgetRemovals(session, listRemovals(session, 1000))
        const { entries, rows } = readIdEntries(session)
        assert.deepEqual(entries, rows)
        checkReads(session, model)
        session.close()
      }),
      { numRuns: 30, endOnFailure: true },
    )
    assert.ok(stale > 0 && reused > 0, 'entries were left over, and keys given again')
  }))

test('entries of what was deleted stay until its blobs are removed, also by a later process', () =>
  withFolder(async (folder) => {
    const instances = Array.from({ length: 150 }, (_, at) => instanceOf({ patient: 'A', instance: `${at}` }))
    const first = await Catalog.open(folder)
    await Promise.all(instances.map((instance) => first.storeInstance(instance)))
    const kept = instanceOf({ patient: 'B', instance: '1' })
    await first.storeInstance(kept)
    await first.deleteResource({ level: 'Patient', id: instances[0]?.ids.patient ?? '' })
    await first.close()

    assert.equal(readStoredIdEntries(folder).entries.size, 151)
    const catalog = await Catalog.open(folder)
    const reclaimer = new Reclaimer(new MemoryBlobStore(), catalog, (error) => assert.fail(String(error)))
    reclaimer.wake()
    // What is stored meanwhile may get their keys, and has their ids.
    const again = instances.slice(0, 40).map((instance) => catalog.storeInstance(instance))
    assert.deepEqual(new Set(await Promise.all(again)), new Set(['Success']))
    await reclaimer.idle()
    const left = readStoredIdEntries(folder)
    assert.equal(left.entries.size, 41)
    assert.deepEqual(left.entries, left.rows)
    assert.equal(await catalog.hasInstance(kept.ids.instance), true)
    for (const [at, { ids }] of instances.entries()) {
      assert.equal(await catalog.hasInstance(ids.instance), at < 40)
    }
    await catalog.close()
  }))
