import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { levels } from '../model/level.ts'
import { unconditionally } from '../model/revision.ts'
import { instanceOf } from './instances.fixture.ts'
import { locateFiles, readMembers, readSeriesMembers, readSeriesPaths } from './operations/archive-rows.ts'
import { getAttachment, listAttachments } from './operations/attachments.ts'
import { listDeliveries, readDeliveryState } from './operations/deliveries.ts'
import { listFiles } from './operations/list-files.ts'
import { readChanges } from './operations/read-changes.ts'
import {
  firstInstance,
  getResource,
  hasBlob,
  listDescendants,
  locateFile,
} from './operations/read-resources.ts'
import { readSeriesIndexes } from './operations/read-series-indexes.ts'
import { readResourceStatistics } from './operations/resource-statistics.ts'
import { oldestUnstable } from './operations/stability.ts'
import { wholeRequest } from './operations/store-instance.ts'
import { readMetadataRevision } from './operations/user-metadata.ts'
import { assertNoScans, exampleInstance } from './plans.fixture.ts'
import { writes } from './sqlite/writes.ts'

test('neither slices nor recycling scan a table', () =>
  assertNoScans(30, (session) => {
    const store = (patient: string, instance: string, patients: number) =>
      writes.storeInstance(
        session,
        wholeRequest(instanceOf({ patient, instance, series: instance }), {
          capacity: { bytes: 1000, patients, mode: 'Recycle' },
          slice: 2,
        }),
      )
    for (const instance of ['1', '2', '3']) store('A', instance, 2)
    for (const instance of ['1', '2']) store('B', instance, 2)
    store('A', '4', 2)
    store('C', '1', 2)
    store('D', '1', 2)
    const { patient } = instanceOf({ patient: 'A', instance: '1' }).ids
    writes.deleteSlice(session, { level: 'Patient', id: patient, limit: 2 })
    writes.deleteSlice(session, { level: 'Patient', id: patient, limit: 2 })
  }))

test('no operation on one resource scans a table', async () => {
  const instance = exampleInstance()
  const { ids } = instance
  await assertNoScans(40, (session) => {
    writes.storeInstance(session, wholeRequest(instance))
    const again = { ...instance.file, blobKey: randomUUID() }
    writes.storeInstance(session, wholeRequest({ ...instance, file: again, date: '20260101T000001' }))
    writes.setProtected(session, { id: ids.patient, isProtected: true })
    for (const [level, id] of [
      ['Patient', ids.patient],
      ['Study', ids.study],
      ['Series', ids.series],
      ['Instance', ids.instance],
    ] as const) {
      getResource(session, level, id)
      for (const of of levels.slice(levels.indexOf(level) + 1)) listDescendants(session, level, id, of)
      const common = { level, id, precondition: unconditionally, date: instance.date }
      for (const value of ['a', 'b', undefined]) {
        writes.setMetadata(session, { ...common, number: 1024, value })
      }
      for (const _ of [1, 2]) {
        const file = { ...instance.file, blobKey: randomUUID() }
        writes.setAttachment(session, { ...common, type: 1024, file, create: true })
      }
      listAttachments(session, level, id)
      firstInstance(session, level, id)
      for (const part of readResourceStatistics(session, level, id) ?? []) assert.ok(part.diskSize >= 0)
      getAttachment(session, { level, id, type: 1024 })
      readMetadataRevision(session, level, id, 1024)
      writes.deleteAttachment(session, { ...common, type: 1024 })
      for (const isSet of [true, false]) writes.setLabel(session, { level, id, label: 'red', isSet })
    }
    locateFile(session, ids.instance)
    hasBlob(session, instance.file.blobKey)
    assert.equal(readSeriesPaths(session, [1]).length, 1)
    assert.equal(readSeriesMembers(session, 1, 0).length, 1)
    assert.equal(readMembers(session, [1, 2]).length, 1)
    assert.equal(locateFiles(session, [ids.instance]).size, 1)
    readSeriesIndexes(session, ids.series)
    listFiles(session, instance.file.blobKey, 10)
    readChanges(session, { limit: 10, types: ['NewInstance'] })
    readChanges(session, { to: 10, limit: 10 })
    oldestUnstable(session)
    writes.recordStable(session, { until: '20260101T000001', date: '20260101T000002', limit: 2 })
    writes.forgetRemovals(session, [instance.file.blobKey])
    const attempt = { deliveryId: 'd', sequence: 1, attempt: 1, date: '', milliseconds: 1 }
    writes.recordDelivery(session, {
      hook: 'x',
      cursor: 1,
      kept: 10,
      attempt: { ...attempt, httpStatus: 200, error: undefined },
    })
    readDeliveryState(session, 'x')
    listDeliveries(session, { hook: 'x', since: 0, limit: 10 })
    for (const [level, id] of [
      ['Instance', ids.instance],
      ['Series', ids.series],
      ['Study', ids.study],
      ['Patient', ids.patient],
    ] as const) {
      writes.deleteSlice(session, { level, id, limit: 10 })
      writes.storeInstance(
        session,
        wholeRequest({ ...instance, file: { ...instance.file, blobKey: randomUUID() } }),
      )
    }
  })
})
