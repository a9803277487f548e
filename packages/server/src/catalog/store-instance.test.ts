import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Level } from '../model/level.ts'
import { Catalog } from './catalog.ts'
import { instanceOf } from './instances.fixture.ts'
import { readChanges } from './operations/read-changes.ts'
import { getResource, readStatistics } from './operations/read-resources.ts'
import { storeInstance, storeRequest, wholeRequest } from './operations/store-instance.ts'
import { openForWriting } from './sqlite/database.ts'
import { Session } from './sqlite/session.ts'

const open = () => new Session(openForWriting(':memory:').database)

const typesOf = (session: Session): readonly string[] =>
  readChanges(session, { limit: 100 }).changes.map((change) => change.type)

test('without its ancestry the first instance of a series changes nothing, and any other is stored', () => {
  const session = open()
  const [first, second] = [
    instanceOf({ patient: 'A', instance: '1' }),
    instanceOf({ patient: 'A', instance: '2' }),
  ]
  assert.equal(storeInstance(session, storeRequest(first)), 'NoSeries')
  assert.equal(readStatistics(session).patients, 0)
  assert.deepEqual(typesOf(session), [])
  assert.equal(storeInstance(session, wholeRequest(first)), 'Success')
  assert.equal(storeInstance(session, storeRequest(second)), 'Success')
  assert.equal(storeInstance(session, storeRequest(second)), 'AlreadyStored')
  assert.deepEqual(typesOf(session), ['NewInstance', 'NewSeries', 'NewStudy', 'NewPatient', 'NewInstance'])
  const other = instanceOf({ patient: 'A', series: '2', instance: '1' })
  assert.equal(storeInstance(session, storeRequest(other)), 'NoSeries')
  assert.equal(readStatistics(session).instances, 2)
})

test('each level above a new instance has its date, whether its series was there or not', () => {
  const session = open()
  const updatesOf = ({ ids }: ReturnType<typeof instanceOf>) =>
    (
      [
        ['Patient', ids.patient],
        ['Study', ids.study],
        ['Series', ids.series],
      ] as const
    ).map(([level, id]) => getResource(session, level, id)?.lastUpdate)
  const at = (second: number, series: string, instance: string) =>
    instanceOf({ patient: 'A', series, instance, date: `20260101T00000${second}` })
  const first = at(1, '1', '1')
  storeInstance(session, wholeRequest(first))
  storeInstance(session, storeRequest(at(2, '1', '2')))
  assert.deepEqual(updatesOf(first), Array(3).fill('20260101T000002'))
  storeInstance(session, wholeRequest(at(3, '2', '1')))
  assert.deepEqual(updatesOf(first), ['20260101T000003', '20260101T000003', '20260101T000002'])
  storeInstance(session, storeRequest(at(3, '1', '3')))
  assert.deepEqual(updatesOf(first), Array(3).fill('20260101T000003'))
})

test('what replaces the last instance of a patient brings its ancestors again', () => {
  const session = open()
  const instance = instanceOf({ patient: 'A', instance: '1', overwrite: true })
  storeInstance(session, wholeRequest(instance))
  const again = { ...instance, file: { ...instance.file, blobKey: '00000000-0000-4000-8000-000000000000' } }
  assert.equal(storeInstance(session, wholeRequest(again)), 'Success')
  assert.deepEqual(getResource(session, 'Instance', instance.ids.instance)?.file, again.file)
  const { patients, studies, series, instances } = readStatistics(session)
  assert.deepEqual([patients, studies, series, instances], [1, 1, 1, 1])
})

test('the ancestors of an instance are described for the first of its series, and when it is gone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-catalog-'))
  const catalog = await Catalog.open(folder)
  const described: Level[] = []
  const store = (number: string) => {
    const instance = instanceOf({ patient: 'A', instance: number })
    const tags = {
      ...instance.tags,
      get Patient() {
        described.push('Patient')
        return instance.tags.Patient
      },
    }
    return catalog.storeInstance({ ...instance, tags })
  }
  assert.equal(await store('1'), 'Success')
  assert.ok(described.length > 0)
  described.length = 0
  assert.equal(await store('2'), 'Success')
  assert.deepEqual(described, [])
  const { ids } = instanceOf({ patient: 'A', instance: '2' })
  await catalog.deleteResource({ level: 'Study', id: ids.study })
  assert.equal(await store('2'), 'Success')
  assert.ok(described.length > 0)
  assert.deepEqual((await catalog.get('Patient', ids.patient))?.mainTags, { '0010,0020': 'A' })
  await catalog.close()
  await rm(folder, { recursive: true })
})
