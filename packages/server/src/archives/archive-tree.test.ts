import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrangeFolders, type TreeSeries } from './archive-tree.ts'

interface Names {
  readonly patient?: string
  readonly study?: string
  readonly series: string
  readonly indexes?: readonly (string | undefined)[]
}

const seriesOf = ({ patient = 'p', study = 's', series, indexes = ['1'] }: Names): TreeSeries => ({
  patient: { id: patient, mainTags: { '0010,0020': 'ID', '0010,0010': 'Doe^John' } },
  study: { id: study, mainTags: { '0008,0050': 'A1', '0008,1030': 'Head/Neck' } },
  series: { id: series, mainTags: { '0008,0060': 'CT', '0008,103e': 'axial' } },
  instances: indexes.map((indexInSeries, at) => ({ id: `${series} ${at}`, size: 1, indexInSeries })),
})

const namesOf = (all: readonly TreeSeries[]) =>
  [...arrangeFolders(all, { utf8: false })].flatMap(({ path, files }) =>
    files.map(({ name, instance }) => `${instance.id}: ${path}${name}`),
  )

test('files lie in folders named after patient, study and series', () => {
  assert.deepEqual(namesOf([seriesOf({ series: 'x' })]), [
    'x 0: ID Doe^John/A1 Head Neck/CT axial/CT000001.dcm',
  ])
})

test('namesakes get numbers in the order of their ids, each level for itself', () => {
  const all = [
    seriesOf({ patient: 'q', study: 't', series: 'y' }),
    seriesOf({ series: 'x' }),
    seriesOf({ study: 'u', series: 'w' }),
    seriesOf({ series: 'a' }),
  ]
  assert.deepEqual(namesOf(all), [
    'a 0: ID Doe^John/A1 Head Neck/CT axial/CT000001.dcm',
    'x 0: ID Doe^John/A1 Head Neck/CT axial-2/CT000001.dcm',
    'w 0: ID Doe^John/A1 Head Neck-2/CT axial/CT000001.dcm',
    'y 0: ID Doe^John-2/A1 Head Neck/CT axial/CT000001.dcm',
  ])
})

test('files are numbered by their index only when it tells all of them apart', () => {
  const numbersOf = (...indexes: (string | undefined)[]) =>
    namesOf([seriesOf({ series: 'x', indexes })]).map((line) => `${line.slice(2, 3)} ${line.slice(-10, -4)}`)
  assert.deepEqual(numbersOf('3', '1'), ['1 000001', '0 000003'])
  assert.deepEqual(numbersOf('3', '3'), ['0 000000', '1 000001'])
  assert.deepEqual(numbersOf('1', '01'), ['0 000000', '1 000001'])
  assert.deepEqual(numbersOf('3', undefined), ['0 000000', '1 000001'])
  assert.deepEqual(numbersOf('3', 'x'), ['0 000000', '1 000001'])
})

test('what is not known is said to be so', () => {
  const bare = (id: string) => ({ id, mainTags: {} })
  const series = { ...seriesOf({ series: 'x' }), patient: bare('p'), study: bare('s'), series: bare('x') }
  assert.deepEqual(namesOf([series]), ['x 0: Unknown Patient/Unknown Study/Unknown Series/00000001.dcm'])
})
