import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { levels } from '../model/level.ts'
import { resourceIds } from '../model/resource-id.ts'
import { listDeliveries, readDeliveryState } from './operations/deliveries.ts'
import { readChanges } from './operations/read-changes.ts'
import { getResource, hasBlob, listDescendants, listFiles, locateFile } from './operations/read-resources.ts'
import { readSeriesIndexes } from './operations/read-series-indexes.ts'
import { openForWriting } from './sqlite/database.ts'
import { Session } from './sqlite/session.ts'
import { writes } from './sqlite/writes.ts'

/** Tables of one row, and tables read to be emptied. */
const harmless = [/^SCAN totals$/, /^SCAN sqlite_sequence$/, /^SCAN json_each/, /^SCAN CONSTANT ROW$/]

test('no operation on one resource scans a table', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-plans-'))
  const { database } = openForWriting(join(folder, 'catalog.sqlite'))
  const statements = new Set<string>()
  const recorder = {
    isOpen: true,
    isTransaction: false,
    exec: (sql: string) => database.exec(sql),
    close: () => database.close(),
    prepare: (sql: string) => {
      statements.add(sql)
      return database.prepare(sql)
    },
  }
  const session = new Session(recorder as unknown as DatabaseSync)
  const ids = resourceIds({
    patientId: 'P',
    studyInstanceUid: '1',
    seriesInstanceUid: '2',
    sopInstanceUid: '3',
  })
  const instance = {
    ids,
    tags: { Patient: {}, Study: {}, Series: {}, Instance: {} },
    metadata: { Patient: {}, Study: {}, Series: { 4: '1' }, Instance: { 1: '1', 9: '1.2' } },
    file: { blobKey: randomUUID(), size: 1, md5: '00' },
    date: '20260101T000000',
    overwrite: true,
  }
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
  }
  locateFile(session, ids.instance)
  hasBlob(session, instance.file.blobKey)
  readSeriesIndexes(session, ids.series)
  listFiles(session, instance.file.blobKey, 10)
  readChanges(session, { limit: 10, types: ['NewInstance'] })
  readChanges(session, { to: 10, limit: 10 })
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
    writes.deleteResource(session, { level, id })
    writes.storeInstance(session, { ...instance, file: { ...instance.file, blobKey: randomUUID() } })
  }
  assert.ok(statements.size > 40, `${statements.size} statements were seen`)
  for (const sql of statements) {
    const plan = database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((row) => String(row.detail))
    const scans = plan.filter((line) => line.startsWith('SCAN') && !harmless.some((each) => each.test(line)))
    assert.deepEqual(scans, [], sql)
  }
  database.close()
  await rm(folder, { recursive: true })
})
