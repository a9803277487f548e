import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { wholeRequest } from '../operations/store-instance.ts'
import { openForWriting } from '../sqlite/database.ts'
import { Session } from '../sqlite/session.ts'
import { writes } from '../sqlite/writes.ts'
import { resources } from './0001-resources.ts'

const id = (digit: string) => `${digit.repeat(8)}-`.repeat(5).slice(0, -1)

const tags = {
  Patient: { '0010,0010': 'Müller^Jörg^^', '0010,0020': 'p 1 ' },
  Study: { '0020,000d': '1.2', '0008,0020': '20260102', '0008,1030': 'Kopf nativ' },
  Series: { '0020,000e': '1.2.3', '0008,0060': 'CT', '0008,103e': 'axial' },
  Instance: { '0008,0018': '1.2.3.4' },
}

/** Everything that searches look at. */
const searched = [
  'SELECT patient_name, patient_id, birth_date FROM patients',
  'SELECT study_date, accession_number, study_description, study_uid FROM studies',
  'SELECT modality, series_uid FROM series',
  'SELECT uid_hash FROM instances',
  'SELECT * FROM instance_ids',
  `SELECT rowid FROM patient_words WHERE words MATCH '"LLER"'`,
  `SELECT rowid FROM study_words WHERE words MATCH '"F NA"'`,
  `SELECT rowid FROM series_words WHERE words MATCH '"AXI"'`,
]

const schemaOf = (database: DatabaseSync) =>
  database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all()

/** Of instances: what no two may have the same. */
const uniqueColumns = (database: DatabaseSync): readonly string[] =>
  database
    .prepare(
      `SELECT column.name FROM pragma_index_list('instances') AS list, pragma_index_info(list.name) AS column
       WHERE list."unique" = 1`,
    )
    .all()
    .map(({ name }) => String(name))

const readAll = (database: DatabaseSync) => searched.map((sql) => database.prepare(sql).all())

test('rows that an older program made are found like new ones', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-migrations-'))
  const path = join(folder, 'old.sqlite')
  const old = new DatabaseSync(path)
  old.exec(`${resources} PRAGMA user_version = 1;`)
  const insert = (table: string, digit: number, own: object, parent: boolean) =>
    old
      .prepare(`INSERT INTO ${table} (key, ${parent ? 'parent, ' : ''} id, tags, metadata, last_update)
        VALUES (1, ${parent ? '1, ' : ''} ?, ?, '{}', '20260102T000000')`)
      .run(Buffer.alloc(20, 0x11 * digit), JSON.stringify(own))
  insert('patients', 1, tags.Patient, false)
  insert('studies', 2, tags.Study, true)
  insert('series', 3, tags.Series, true)
  old
    .prepare(
      `INSERT INTO instances (parent, id, tags, metadata, blob, size, md5) VALUES (1, ?, ?, '{}', ?, 1, ?)`,
    )
    .run(Buffer.alloc(20, 0x44), JSON.stringify(tags.Instance), Buffer.alloc(16), Buffer.alloc(16))
  old.prepare('INSERT INTO removals VALUES (?)').run(Buffer.alloc(16, 1))
  old.close()

  const migrated = openForWriting(path).database
  const fresh = openForWriting(join(folder, 'new.sqlite')).database
  const request = wholeRequest({
    ids: { patient: id('1'), study: id('2'), series: id('3'), instance: id('4') },
    tags,
    metadata: { Patient: {}, Study: {}, Series: {}, Instance: {} },
    file: { blobKey: '00000000-0000-0000-0000-000000000000', size: 1, md5: '0'.repeat(32) },
    date: '20260102T000000',
    overwrite: false,
  })
  writes.storeInstance(new Session(fresh), request)
  const found = readAll(migrated)
  assert.deepEqual(found, readAll(fresh))
  assert.deepEqual({ ...found[0]?.[0] }, { patient_name: 'MULLER^JORG', patient_id: 'P 1', birth_date: '' })
  assert.ok(found.every((rows) => rows.length === 1))
  const order = 'SELECT turn, unstable FROM patients'
  assert.deepEqual({ ...migrated.prepare(order).get() }, { turn: 1, unstable: 0 })
  assert.deepEqual({ ...fresh.prepare(order).get() }, { turn: 1, unstable: 1 })
  assert.deepEqual(schemaOf(migrated), schemaOf(fresh))
  for (const database of [migrated, fresh]) {
    assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
    assert.deepEqual(uniqueColumns(database), ['blob'])
    assert.throws(() => database.exec(`PRAGMA writable_schema = ON; DELETE FROM sqlite_schema`), /modified/)
  }
  const removals = 'SELECT hex(blob) AS blob, prefix, instance FROM removals'
  const removal = { blob: '01'.repeat(16), prefix: null, instance: null }
  assert.deepEqual({ ...migrated.prepare(removals).get() }, removal)
  writes.forgetRemovals(new Session(migrated), ['01010101-0101-0101-0101-010101010101'])
  assert.equal(migrated.prepare(removals).get(), undefined)
  migrated.close()
  fresh.close()
  await rm(folder, { recursive: true })
})
