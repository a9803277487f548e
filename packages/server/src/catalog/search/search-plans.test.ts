import { test } from 'node:test'
import { levels } from '../../model/level.ts'
import { listAllLabels, listLabels } from '../operations/labels.ts'
import { readMany } from '../operations/read-many.ts'
import { wholeRequest } from '../operations/store-instance.ts'
import { assertNoScans, exampleInstance } from '../plans.fixture.ts'
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
    for (const source of allSources()) drain(search.find(source))
    for (const level of levels) {
      for (const direction of ['ascending', 'descending'] as const) {
        drain(search.walk(level, direction))
        const columns = [...searchColumns[level].map(({ column }) => column)]
        for (const column of columns) drain(search.walkColumn(level, column, direction))
        if (level !== 'Instance') drain(search.walkColumn(level, 'last_update', direction))
      }
      for (const to of levels.slice(levels.indexOf(level))) {
        drain(search.descend([[1]], level, to))
        search.ascend([1], to, level)
        if (to !== level) search.countBelow(level, 1, to)
      }
      search.firstInstance(level, 1)
      search.labelsOf(level, [1])
      const above = new Set(levels.slice(0, levels.indexOf(level) + 1))
      search.rowReader(level, { tags: above, keys: above, metadata: true })([1])
      search.rowReader(level, { tags: new Set(), keys: new Set(), metadata: false })([1])
      readMany(session, level, ['nope'], { children: true })
      listLabels(session, level, 'nope')
    }
    search.modalitiesIn(1)
    search.sopClassesIn(1)
    listAllLabels(session)
  }))
