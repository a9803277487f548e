import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { DomainError } from '../model/domain-error.ts'
import { systemMetadata } from '../model/metadata.ts'
import { resourceIds } from '../model/resource-id.ts'
import { Catalog } from './catalog.ts'
import { type SeriesStatus, seriesStatus } from './operations/series-status.ts'
import type { NewInstance } from './operations/store-instance.ts'

async function withCatalog(body: (catalog: Catalog, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-catalog-'))
  const catalog = await Catalog.open(folder)
  try {
    await body(catalog, folder)
  } finally {
    await catalog.close()
    await rm(folder, { recursive: true })
  }
}

interface Names {
  readonly patient?: string
  readonly study?: string
  readonly series?: string
  readonly instance?: string
  readonly overwrite?: boolean
  readonly expected?: number
  readonly index?: number
}

function makeInstance(names: Names): NewInstance {
  const { patient = 'P', study = '1.1', series = '1.2', instance = '1.3' } = names
  const ids = resourceIds({
    patientId: patient,
    studyInstanceUid: study,
    seriesInstanceUid: series,
    sopInstanceUid: instance,
  })
  return {
    ids,
    tags: {
      Patient: { '0010,0020': patient },
      Study: { '0020,000d': study },
      Series: { '0020,000e': series },
      Instance: { '0008,0018': instance },
    },
    metadata: {
      Patient: {},
      Study: {},
      Series:
        names.expected === undefined
          ? {}
          : { [systemMetadata.ExpectedNumberOfInstances]: String(names.expected) },
      Instance: {
        [systemMetadata.TransferSyntax]: '1.2.840.10008.1.2.1',
        ...(names.index === undefined ? {} : { [systemMetadata.IndexInSeries]: String(names.index) }),
      },
    },
    file: { blobKey: randomUUID(), size: 1000, md5: '0123456789abcdef0123456789abcdef' },
    date: '20260101T000000',
    overwrite: names.overwrite ?? false,
  }
}

const typesOf = async (catalog: Catalog): Promise<readonly string[]> =>
  (await catalog.changes({ limit: 1000 })).changes.map((change) => change.type)

test('the first instance of a patient brings its ancestors, and changes in the order of the contract', () =>
  withCatalog(async (catalog) => {
    const instance = makeInstance({})
    assert.equal(await catalog.storeInstance(instance), 'Success')
    assert.deepEqual(await typesOf(catalog), ['NewInstance', 'NewSeries', 'NewStudy', 'NewPatient'])
    const stored = await catalog.get('Instance', instance.ids.instance)
    assert.deepEqual(stored?.file, instance.file)
    assert.equal(stored?.parentId, instance.ids.series)
    assert.deepEqual((await catalog.get('Patient', instance.ids.patient))?.mainTags, { '0010,0020': 'P' })
    assert.equal((await catalog.get('Study', instance.ids.study))?.parentId, instance.ids.patient)
    assert.deepEqual(await catalog.statistics(), {
      patients: 1,
      studies: 1,
      series: 1,
      instances: 1,
      diskSize: 1000n,
      uncompressedSize: 1000n,
    })
  }))

test('a study keeps the patient of its own first file, and its own tags alone', () =>
  withCatalog(async (catalog, folder) => {
    const named = (name: string | undefined, names: Names): NewInstance => {
      const instance = makeInstance(names)
      const Patient = name === undefined ? {} : { '0010,0010': name }
      return { ...instance, tags: { ...instance.tags, Patient } }
    }
    const first = named('A', {})
    const second = named('B', { study: '2.1', series: '2.2', instance: '2.3' })
    const third = named(undefined, { study: '3.1', series: '3.2', instance: '3.3' })
    const late = named('C', { study: '2.1', series: '2.2', instance: '2.4' })
    for (const instance of [first, second, third, late]) await catalog.storeInstance(instance)
    const study = (instance: NewInstance) => catalog.get('Study', instance.ids.study)
    assert.deepEqual((await study(first))?.patientMainTags, { '0010,0010': 'A' })
    assert.deepEqual((await study(second))?.patientMainTags, { '0010,0010': 'B' })
    assert.deepEqual((await study(third))?.patientMainTags, {})
    assert.deepEqual((await study(second))?.mainTags, { '0020,000d': '2.1' })
    const patient = await catalog.get('Patient', first.ids.patient)
    assert.deepEqual(patient?.mainTags, { '0010,0010': 'A' })
    assert.equal(patient?.patientMainTags, undefined)
    const old = new DatabaseSync(join(folder, 'catalog.sqlite'))
    old.exec("UPDATE studies SET tags = json_remove(tags, '$.patient')")
    old.close()
    assert.equal((await study(second))?.patientMainTags, undefined)
    assert.deepEqual((await study(second))?.mainTags, { '0020,000d': '2.1' })
  }))

test('a second instance with the same id is refused, or replaces the first when asked to', () =>
  withCatalog(async (catalog) => {
    const first = makeInstance({})
    await catalog.storeInstance(first)
    assert.equal(await catalog.storeInstance(makeInstance({})), 'AlreadyStored')
    assert.equal((await catalog.get('Instance', first.ids.instance))?.file?.blobKey, first.file.blobKey)
    const third = makeInstance({ overwrite: true })
    assert.equal(await catalog.storeInstance(third), 'Success')
    assert.equal((await catalog.get('Instance', first.ids.instance))?.file?.blobKey, third.file.blobKey)
    assert.deepEqual(await catalog.listRemovals(10), [first.file.blobKey])
    assert.equal((await catalog.statistics()).instances, 1)
    await catalog.forgetRemovals([first.file.blobKey])
    assert.deepEqual(await catalog.listRemovals(10), [])
  }))

test('deleting walks down to every file and up through what is left empty', () =>
  withCatalog(async (catalog) => {
    const a = makeInstance({ series: '1.2.1', instance: '1.3.1' })
    const b = makeInstance({ series: '1.2.1', instance: '1.3.2' })
    const c = makeInstance({ series: '1.2.2', instance: '1.3.3' })
    for (const each of [a, b, c]) await catalog.storeInstance(each)
    assert.deepEqual(await catalog.deleteResource({ level: 'Instance', id: a.ids.instance }), {
      remainingAncestor: { level: 'Series', id: a.ids.series },
    })
    assert.deepEqual(await catalog.deleteResource({ level: 'Instance', id: b.ids.instance }), {
      remainingAncestor: { level: 'Study', id: a.ids.study },
    })
    assert.equal(await catalog.get('Series', a.ids.series), undefined)
    assert.deepEqual(await catalog.descendants('Patient', a.ids.patient, 'Instance'), [c.ids.instance])
    assert.deepEqual(await catalog.deleteResource({ level: 'Patient', id: c.ids.patient }), {
      remainingAncestor: undefined,
    })
    assert.equal(await catalog.deleteResource({ level: 'Patient', id: c.ids.patient }), undefined)
    assert.deepEqual(
      new Set(await catalog.listRemovals(10)),
      new Set([a, b, c].map((each) => each.file.blobKey)),
    )
    assert.deepEqual(await typesOf(catalog), [])
    const { patients, studies, series, instances, diskSize } = await catalog.statistics()
    assert.deepEqual([patients, studies, series, instances, diskSize], [0, 0, 0, 0, 0n])
  }))

test('descendants of every level come in the order of arrival', () =>
  withCatalog(async (catalog) => {
    const names = [
      { series: '1.2.2', instance: '1.3.9' },
      { series: '1.2.1', instance: '1.3.1' },
      { series: '1.2.2', instance: '1.3.5' },
    ]
    const stored = names.map(makeInstance)
    for (const each of stored) await catalog.storeInstance(each)
    const [a, b, c] = stored.map(({ ids }) => ids)
    assert.ok(a && b && c)
    assert.deepEqual(await catalog.descendants('Patient', a.patient, 'Instance'), [
      a.instance,
      b.instance,
      c.instance,
    ])
    assert.deepEqual(await catalog.descendants('Study', a.study, 'Series'), [a.series, b.series])
    assert.deepEqual(await catalog.descendants('Series', a.series, 'Instance'), [a.instance, c.instance])
    for (const id of [b.instance, 'nonsense']) {
      assert.equal(await catalog.descendants('Series', id, 'Instance'), undefined)
    }
  }))

test('the version is another one after each write, and only then', () =>
  withCatalog(async (catalog) => {
    const seen = new Set([catalog.version()])
    for (const instance of ['1', '2', '3']) {
      await catalog.storeInstance(makeInstance({ instance }))
      seen.add(catalog.version())
    }
    assert.equal(seen.size, 4)
    await catalog.list('Instance', { since: 0, limit: 0 })
    assert.ok(seen.has(catalog.version()))
  }))

test('the last instance of a study takes its ancestors with it', () =>
  withCatalog(async (catalog) => {
    const a = makeInstance({ study: '1.1.1', series: '1.2.1', instance: '1.3.1' })
    const b = makeInstance({ study: '1.1.2', series: '1.2.2', instance: '1.3.2' })
    await catalog.storeInstance(a)
    await catalog.storeInstance(b)
    assert.deepEqual(await catalog.deleteResource({ level: 'Instance', id: a.ids.instance }), {
      remainingAncestor: { level: 'Patient', id: a.ids.patient },
    })
    assert.deepEqual(await catalog.list('Study', { since: 0, limit: 0 }), [b.ids.study])
  }))

test('the feed is paged forwards from a cursor and backwards from its end', () =>
  withCatalog(async (catalog) => {
    for (let index = 1; index <= 5; index++)
      await catalog.storeInstance(makeInstance({ instance: `1.3.${index}` }))
    const first = await catalog.changes({ limit: 3 })
    assert.deepEqual([first.changes.length, first.last, first.done], [3, 3, false])
    const rest = await catalog.changes({ since: 3, limit: 100 })
    assert.deepEqual(
      rest.changes.map((change) => change.sequence),
      [4, 5, 6, 7, 8],
    )
    assert.equal(rest.done, true)
    const newest = await catalog.changes({ to: 7, limit: 2 })
    assert.deepEqual(
      newest.changes.map((change) => change.sequence),
      [6, 7],
    )
    const instances = await catalog.changes({ types: ['NewInstance'], limit: 100 })
    assert.equal(instances.changes.length, 5)
    await catalog.clearChanges()
    const empty = await catalog.changes({ limit: 100 })
    assert.deepEqual([empty.changes.length, empty.last, empty.done], [0, 8, true])
  }))

test('a series that has all its instances is announced as complete', () =>
  withCatalog(async (catalog) => {
    for (const index of [2, 1]) {
      await catalog.storeInstance(makeInstance({ expected: 2, index, instance: `1.3.${index}` }))
    }
    const types = await typesOf(catalog)
    assert.equal(types.at(-1), 'CompletedSeries')
    assert.equal(types.filter((type) => type === 'CompletedSeries').length, 1)
  }))

test('the status of a series follows the indexes of its instances', () => {
  const cases: readonly (readonly [number | undefined, readonly (string | undefined)[], SeriesStatus])[] = [
    [undefined, ['1'], 'Unknown'],
    [3, ['3', '1', '2'], 'Complete'],
    [2, ['+1', '002'], 'Complete'],
    [3, ['1', '3'], 'Missing'],
    [3, [], 'Missing'],
    [3, ['1', '1'], 'Inconsistent'],
    [3, ['4'], 'Inconsistent'],
    [3, ['0'], 'Inconsistent'],
    [3, ['-1'], 'Inconsistent'],
    [3, [undefined], 'Inconsistent'],
    [2, ['1', '2', undefined], 'Inconsistent'],
    [3, ['1', ''], 'Unknown'],
    [3, ['1.5'], 'Unknown'],
    [2, ['1', '1\\2'], 'Unknown'],
    [3, ['4', ''], 'Inconsistent'],
  ]
  for (const [expected, indexes, status] of cases) {
    assert.equal(seriesStatus(expected, indexes), status, `${expected} ${indexes.join()}`)
  }
})

test('patients are protected and released', () =>
  withCatalog(async (catalog) => {
    const { ids, ...rest } = makeInstance({})
    await catalog.storeInstance({ ids, ...rest })
    assert.equal(await catalog.setProtected(ids.patient, true), true)
    assert.equal((await catalog.get('Patient', ids.patient))?.isProtected, true)
    assert.equal(await catalog.setProtected(ids.study, true), false)
  }))

test('hundreds of writes at once all arrive, and a failing one spoils no other', () =>
  withCatalog(async (catalog) => {
    const instances = Array.from({ length: 300 }, (_, index) => makeInstance({ instance: `1.3.${index}` }))
    const twin = makeInstance({ instance: '1.4' })
    const clash = { ...makeInstance({ instance: '1.5' }), file: twin.file }
    const outcomes = await Promise.allSettled(
      [twin, clash, ...instances].map((each) => catalog.storeInstance(each)),
    )
    assert.equal(outcomes.filter((each) => each.status === 'fulfilled').length, 301)
    const failure = outcomes[1]
    assert.ok(failure?.status === 'rejected' && failure.reason instanceof DomainError)
    assert.equal(failure.reason.code, 'Database')
    assert.equal((await catalog.statistics()).instances, 301)
    assert.equal((await catalog.list('Instance', { since: 0, limit: 0 })).length, 301)
  }))

test('what was stored is there after reopening, and the storage belongs to one process at a time', () =>
  withCatalog(async (catalog, folder) => {
    const instance = makeInstance({})
    await catalog.storeInstance(instance)
    await assert.rejects(
      Catalog.open(folder),
      (error) => error instanceof DomainError && error.code === 'DatabaseUnavailable',
    )
    await catalog.close()
    const again = await Catalog.open(folder)
    assert.equal(await again.hasInstance(instance.ids.instance), true)
    assert.equal(await again.hasBlob(instance.file.blobKey), true)
    await again.close()
  }))

test('the whole storage is walked in pages', () =>
  withCatalog(async (catalog) => {
    const instances = Array.from({ length: 5 }, (_, index) => makeInstance({ instance: `1.3.${index}` }))
    for (const each of instances) await catalog.storeInstance(each)
    const seen: string[] = []
    for (let page = await catalog.files(undefined, 2); page.length > 0; ) {
      seen.push(...page.map((file) => file.blobKey))
      page = await catalog.files(seen.at(-1), 2)
    }
    assert.deepEqual(seen, instances.map((each) => each.file.blobKey).toSorted())
  }))

test('blobs of attachments are known, listed, and removed with their resource', () =>
  withCatalog(async (catalog) => {
    const instance = makeInstance({})
    await catalog.storeInstance(instance)
    const file = { ...instance.file, blobKey: randomUUID(), compressed: { size: 10, md5: 'f'.repeat(32) } }
    const name = { level: 'Study', id: instance.ids.study, type: 1024 } as const
    const how = { precondition: { expected: undefined, required: true }, create: true, date: instance.date }
    assert.deepEqual(await catalog.setAttachment({ ...name, file, ...how }), { kind: 'written', revision: 0 })
    assert.deepEqual(await catalog.setAttachment({ ...name, file, ...how }), { kind: 'conflict' })
    assert.equal(await catalog.hasBlob(file.blobKey), true)
    assert.deepEqual(await catalog.attachment(name), { ...file, type: 1024, revision: 0 })
    const files = await catalog.files(undefined, 10)
    const listed = files.find(({ blobKey }) => blobKey === file.blobKey)
    assert.deepEqual(listed, { level: 'Study', id: name.id, blobKey: file.blobKey, ...file.compressed })
    assert.equal(files.length, 2)
    assert.deepEqual(await catalog.files(files[0]?.blobKey, 10), files.slice(1))
    const { diskSize, uncompressedSize } = await catalog.statistics()
    assert.deepEqual([diskSize, uncompressedSize], [1010n, 2000n])
    await catalog.deleteResource({ level: 'Instance', id: instance.ids.instance })
    assert.equal(await catalog.hasBlob(file.blobKey), false)
    assert.deepEqual(
      (await catalog.listRemovals(10)).toSorted(),
      [file.blobKey, instance.file.blobKey].sort(),
    )
    assert.equal((await catalog.statistics()).uncompressedSize, 0n)
  }))
