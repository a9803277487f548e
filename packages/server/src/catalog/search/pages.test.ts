import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { toBytes } from '../sqlite/columns.ts'
import { openForWriting } from '../sqlite/database.ts'
import { Session } from '../sqlite/session.ts'
import { CatalogSearch } from './catalog-search.ts'

let session: Session
let search: CatalogSearch

beforeEach(() => {
  session = new Session(openForWriting(':memory:').database)
  search = new CatalogSearch(session)
})

afterEach(() => session.close())

const numbers = (count: number) =>
  `WITH numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})`

/** Patients with the keys 1 to `count`; `name` is an expression of the number n. */
const addPatients = (count: number, name: string) =>
  session.run(`${numbers(count)} INSERT INTO patients (key, id, tags, metadata, last_update, patient_name)
    SELECT n, unhex(format('%040x', n)), '{}', '{}', '', ${name} FROM numbers`)

/** Studies with the keys 1 to `count`; `parent` is an expression of the number n. */
const addStudies = (count: number, parent: string) =>
  session.run(`${numbers(count)} INSERT INTO studies (key, parent, id, tags, metadata, last_update)
    SELECT n, ${parent}, unhex(format('%040x', n)), '{}', '{}', '' FROM numbers`)

/** Series with these keys, of study 1. */
function addSeries(modality: string, keys: readonly number[]): void {
  for (const key of keys) {
    session.run(
      `INSERT INTO series (key, parent, id, tags, metadata, last_update, modality)
        VALUES (?, 1, unhex(format('%040x', ?1)), '{}', '{}', '', ?)`,
      key,
      modality,
    )
  }
}

const all = (pages: Iterable<readonly number[]>): readonly number[] => [...pages].flat()

test('pages of a column join, however many rows have the same value', () => {
  // 2,500 rows of "B", between a few of others, so that values go on over the ends of pages.
  addPatients(4000, `CASE WHEN n % 8 < 5 THEN 'B' ELSE substr('ABC', n % 3 + 1, 1) END`)
  const rows = session.list('SELECT patient_name, key FROM patients').map(([name, key]) => ({
    name: String(name),
    key: Number(key),
  }))
  const byName = rows.toSorted((one, other) =>
    one.name === other.name ? one.key - other.key : one.name < other.name ? -1 : 1,
  )
  const keys = byName.map(({ key }) => key)
  assert.deepEqual(all(search.walkColumn('Patient', 'patient_name', 'ascending')), keys)
  assert.deepEqual(all(search.walkColumn('Patient', 'patient_name', 'descending')), keys.toReversed())
  const ranges = [{ from: 'B', below: 'C' }]
  assert.deepEqual(
    all(search.find({ kind: 'ranges', level: 'Patient', column: 'patient_name', ranges })),
    byName.filter(({ name }) => name === 'B').map(({ key }) => key),
  )
})

test('whatever bytes an id has, it is read', () => {
  const ids = ['00000000', '00ff00fe', '80c0e0f0', '27222c5c', 'c328a0a1'].map((group) =>
    Array.from({ length: 5 }, () => group).join('-'),
  )
  for (const [index, id] of ids.entries()) {
    session.run(
      `INSERT INTO patients (key, id, tags, metadata, last_update) VALUES (?, ?, '{}', '{}', '')`,
      index + 1,
      toBytes(id),
    )
  }
  const read = search.rowReader('Patient', { tags: new Map(), keys: new Set(), metadata: false })
  assert.deepEqual(
    read([5, 3, 9, 1, 2, 4]).map(({ key, id }) => [key, id]),
    [5, 3, 1, 2, 4].map((key) => [key, ids[key - 1]]),
  )
  assert.deepEqual(read([9]), [])
})

test('ancestors are told in the order asked for, of whatever is there', () => {
  addPatients(50, `''`)
  addStudies(300, '51 - (n % 50 + 1)')
  addSeries('CT', [1, 2, 700])
  const parentOf = (key: number) => (key > 300 ? undefined : 51 - ((key % 50) + 1))
  for (const keys of [[], [7], [1, 2, 3, 5, 8], [1, 150, 299], [299, 3, 150], [298, 299, 300, 301, 302]]) {
    assert.deepEqual(search.ancestorsOf(keys, 'Study', 'Patient'), keys.map(parentOf), String(keys))
  }
  assert.deepEqual(search.ancestorsOf([1, 2, 3, 700], 'Series', 'Study'), [1, 1, undefined, 1])
  assert.deepEqual(search.ancestorsOf([700, 1], 'Series', 'Patient'), [parentOf(1), parentOf(1)])
})

test('of what lies below, filters let through what has the value', () => {
  addPatients(1, `''`)
  addStudies(2, '1')
  addSeries('CT', [3, 5])
  addSeries('MR', [1, 4])
  addSeries('PT', [2])
  const below = (values: readonly string[]) =>
    all(
      search.descend([[2, 1]], 'Study', 'Series', [
        { kind: 'values', level: 'Series', column: 'modality', values },
      ]),
    )
  assert.deepEqual(below(['CT']), [3, 5])
  assert.deepEqual(below(['PT', 'MR']), [1, 2, 4])
  assert.deepEqual(below(['US']), [])
  const ranges = [
    { from: 'A', below: 'D' },
    { from: 'N', below: 'Q' },
  ]
  const within = [{ kind: 'ranges', level: 'Series', column: 'modality', ranges }] as const
  assert.deepEqual(all(search.descend([[1]], 'Study', 'Series', within)), [2, 3, 5])
  assert.deepEqual(all(search.descend([[1]], 'Study', 'Series')), [1, 2, 3, 4, 5])
})

test('what has a value is counted, wherever its keys are', () => {
  addPatients(1, `''`)
  addStudies(1, '1')
  addSeries('CT', [1, 49_999, 50_000, 50_001, 100_000, 123_456])
  addSeries('MR', [2, 200_000])
  const count = (values: readonly string[]) =>
    [...search.count({ kind: 'values', level: 'Series', column: 'modality', values })].reduce(
      (sum, each) => sum + each,
      0,
    )
  assert.equal(count(['CT']), 6)
  assert.equal(count(['MR']), 2)
  assert.equal(count(['CT', 'MR', 'CT']), 8)
  assert.equal(count(['US']), 0)
})

test('values are the same whether one is read or all', () => {
  addPatients(2, `''`)
  const tags = {
    '0010,0010': 'Müller^"Jörg"\\山田',
    '0010,0020': '12',
    '0010,0040': 'null',
    '0010,1002': [{ '0010,0020': 'X' }],
  }
  session.run('UPDATE patients SET tags = ? WHERE key = 1', JSON.stringify(tags))
  const read = (...wanted: readonly string[]) =>
    search
      .rowReader('Patient', {
        tags: new Map([['Patient', new Set(wanted)]]),
        keys: new Set(),
        metadata: false,
      })([1, 2])
      .map((row) => wanted.map((tag) => row.tags.Patient?.[tag]))
  const names = Object.keys(tags)
  const missing = '0010,0030'
  assert.deepEqual(read(...names, missing)[0], [...Object.values(tags), undefined])
  for (const tag of [...names, missing]) {
    assert.deepEqual(read(tag), [[(tags as Record<string, unknown>)[tag]], [undefined]], tag)
  }
})
