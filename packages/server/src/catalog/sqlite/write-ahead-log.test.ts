import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openForReading, openForWriting } from './database.ts'
import { checkpointPages, createCheckpoint } from './write-ahead-log.ts'

async function withDatabase(body: (database: DatabaseSync, path: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-log-'))
  const path = join(folder, 'catalog.sqlite')
  const { database } = openForWriting(path)
  database.exec('CREATE TABLE filler (bytes BLOB)')
  try {
    body(database, path)
  } finally {
    database.close()
    await rm(folder, { recursive: true })
  }
}

/** Pages that are in the log, and those of them that are in the database as well. */
function logOf(database: DatabaseSync): readonly [pages: number, done: number] {
  const { log, checkpointed } = database.prepare('PRAGMA wal_checkpoint(NOOP)').get() ?? {}
  return [Number(log), Number(checkpointed)]
}

const write = (database: DatabaseSync, pages: number) =>
  database.prepare('INSERT INTO filler VALUES (zeroblob(?))').run(pages * 4096)

test('a long log stays when it is committed to, and is worked in when that is asked for', () =>
  withDatabase((database) => {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    const checkpoint = createCheckpoint(database)
    write(database, checkpointPages / 2)
    checkpoint()
    const [short, none] = logOf(database)
    assert.ok(short > checkpointPages / 2 && none === 0, 'a short log is left alone')
    write(database, checkpointPages)
    const [long, stillNone] = logOf(database)
    assert.ok(long > checkpointPages && stillNone === 0)
    checkpoint()
    assert.deepEqual(logOf(database), [long, long])
    write(database, 1)
    assert.ok(logOf(database)[0] < 20, 'the log begins anew')
  }))

test('a reader holds up the log until it is done', () =>
  withDatabase((database, path) => {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    const checkpoint = createCheckpoint(database)
    const reader = openForReading(path)
    reader.exec('BEGIN; SELECT count(*) FROM filler;')
    write(database, checkpointPages)
    checkpoint()
    const [pages, done] = logOf(database)
    assert.ok(done < pages)
    reader.exec('COMMIT')
    checkpoint()
    assert.deepEqual(logOf(database), [pages, pages])
    reader.close()
  }))
