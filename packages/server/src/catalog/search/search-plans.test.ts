import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Level, levels } from '../../model/level.ts'
import { listAllLabels, listLabels } from '../operations/labels.ts'
import { readMany } from '../operations/read-many.ts'
import { wholeRequest } from '../operations/store-instance.ts'
import { assertNoScans, exampleInstance, plansOf } from '../plans.fixture.ts'
import { searchColumns, wordTableOf } from '../search-columns.ts'
import { writes } from '../sqlite/writes.ts'
import { CatalogSearch } from './catalog-search.ts'
import type { KeySource } from './key-source.ts'

/** Every kind of source, at every level and on every column that has it; lists short and long. */
function* allSources(): Generator<KeySource> {
  const many = Array.from({ length: 100 }, (_, index) => `A${index}`)
  for (const level of levels) {
    yield { kind: 'resource', level, id: 'nope' }
    yield { kind: 'labels', level, labels: ['red'] }
    for (const { column } of searchColumns[level]) {
      for (const values of [['CT'], many]) yield { kind: 'values', level, column, values }
      yield { kind: 'ranges', level, column, ranges: [{ from: 'A', below: 'B' }] }
    }
  }
  for (const uids of [['1'], many]) yield { kind: 'sopInstance', level: 'Instance', uids }
  for (const level of Object.keys(wordTableOf) as (keyof typeof wordTableOf)[]) {
    yield { kind: 'words', level, alternatives: [['DOE', 'OHN']] }
  }
}

const drain = (pages: Iterable<unknown>) => [...pages].length

test('no search scans a table', () =>
  assertNoScans(90, (session) => {
    for (let serial = 0; serial < 1100; serial++)
      writes.storeInstance(session, wholeRequest(exampleInstance(serial)))
    const search = new CatalogSearch(session)
    for (const source of allSources()) {
      drain(search.find(source))
      if (source.kind === 'values') drain(search.count(source))
    }
    for (const level of levels) {
      for (const direction of ['ascending', 'descending'] as const) {
        drain(search.walk(level, direction))
        const columns = [...searchColumns[level].map(({ column }) => column)]
        for (const column of columns) drain(search.walkColumn(level, column, direction))
        if (level !== 'Instance') drain(search.walkColumn(level, 'last_update', direction))
      }
      for (const to of levels.slice(levels.indexOf(level))) {
        drain(search.descend([[1]], level, to))
        const filters = [...allSources()].filter((source) => 'column' in source)
        drain(search.descend([[1]], level, to, filters))
        search.ascend([1], to, level)
        if (to !== level) search.countBelow(level, 1, to)
      }
      search.firstInstance(level, 1)
      search.labelsOf(level, [1])
      const above = levels.slice(0, levels.indexOf(level) + 1)
      for (const count of [0, 1, 3, 4]) {
        const wanted = new Set(['0008,0060', '0008,103e', '0020,000e', '0020,0011'].slice(0, count))
        const tags = new Map(above.map((each) => [each, wanted]))
        for (const keys of [new Set(above), new Set<Level>()]) {
          for (const metadata of [true, false]) search.rowReader(level, { tags, keys, metadata })([1])
        }
      }
      for (const each of above) {
        if (each !== level)
          for (const keys of [
            [1, 2],
            [1, 1000],
            [2, 1],
          ])
            search.ancestorsOf(keys, level, each)
      }
      readMany(session, level, ['nope'], { children: true })
      listLabels(session, level, 'nope')
    }
    search.modalitiesIn(1)
    search.sopClassesIn(1)
    listAllLabels(session)
  }))

test('ids, parents and what lies below come from indexes alone', async () => {
  const nothing = { tags: new Map(), keys: new Set<Level>(), metadata: false }
  const ofModality = { kind: 'values', level: 'Series', column: 'modality', values: ['CT'] } as const
  const plans = await plansOf((session) => {
    const search = new CatalogSearch(session)
    for (const level of ['Patient', 'Study', 'Series'] as const) {
      search.rowReader(level, nothing)([1])
      drain(search.walk(level, 'ascending'))
      drain(search.walkColumn(level, 'last_update', 'descending'))
    }
    search.rowReader('Series', { ...nothing, keys: new Set<Level>(['Patient', 'Study']) })([1])
    for (const keys of [[1], [2, 1]]) search.ancestorsOf(keys, 'Series', 'Patient')
    drain(search.descend([[1]], 'Patient', 'Instance', [ofModality]))
    drain(search.count(ofModality))
  })
  assert.ok(plans.size >= 12, `${plans.size} statements were seen`)
  for (const [sql, plan] of plans) {
    const tables = plan.filter((line) => line.startsWith('SEARCH') && !line.includes('COVERING INDEX'))
    assert.deepEqual(tables, [], sql)
  }
})
