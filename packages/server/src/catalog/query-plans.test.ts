import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { levels } from '../model/level.ts'
import { unconditionally } from '../model/revision.ts'
import { getAttachment, listAttachments } from './operations/attachments.ts'
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
import { readMetadataRevision } from './operations/user-metadata.ts'
import { assertNoScans, exampleInstance } from './plans.fixture.ts'
import { writes } from './sqlite/writes.ts'

test('no operation on one resource scans a table', async () => {
  const instance = exampleInstance()
  const { ids } = instance
  await assertNoScans(40, (session) => {
    writes.storeInstance(session, instance)
    const again = { ...instance.file, blobKey: randomUUID() }
    writes.storeInstance(session, { ...instance, file: again, date: '20260101T000001' })
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
    readSeriesIndexes(session, ids.series)
    listFiles(session, instance.file.blobKey, 10)
    readChanges(session, { limit: 10, types: ['NewInstance'] })
    readChanges(session, { to: 10, limit: 10 })
    writes.forgetRemovals(session, [instance.file.blobKey])
    for (const [level, id] of [
      ['Instance', ids.instance],
      ['Series', ids.series],
      ['Study', ids.study],
      ['Patient', ids.patient],
    ] as const) {
      writes.deleteResource(session, { level, id })
      writes.storeInstance(session, { ...instance, file: { ...instance.file, blobKey: randomUUID() } })
    }
  })
})
