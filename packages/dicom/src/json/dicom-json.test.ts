import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DataSet } from '../data-set/data-set.ts'
import type { Element } from '../data-set/element.ts'
import { buildDataSet, type NewElement } from '../encoding/build-data-set.ts'
import { formatTag } from '../tag.ts'
import type { ElementLocation } from '../values/bulk-data.ts'
import { toDicomJson } from './dicom-json.ts'

const encoding = { explicitVr: true, littleEndian: true }
const build = (...entries: readonly NewElement[]): DataSet => buildDataSet(encoding, entries)
const empty = new Uint8Array(0)
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

const only = (entry: NewElement): unknown => Object.values(toDicomJson(build(entry)))[0]

test('each VR (PS3.18 Table F.2.3-1)', () => {
  const rows: readonly (readonly [NewElement, object])[] = [
    [[0x00080054, 'AE', ' A \\B'], { Value: ['A', 'B'] }],
    [[0x00101010, 'AS', '012Y'], { Value: ['012Y'] }],
    [[0x00280009, 'AT', [0x00181063, 0xfffeabcd]], { Value: ['00181063', 'FFFEABCD'] }],
    [[0x00080008, 'CS', 'A\\\\B'], { Value: ['A', null, 'B'] }],
    [[0x00080020, 'DA', '20200101'], { Value: ['20200101'] }],
    [[0x00720072, 'DS', '1.50\\2 '], { Value: ['1.50', '2'] }],
    [[0x00720074, 'FD', [1.5, Number.NaN, Number.NEGATIVE_INFINITY]], { Value: [1.5, 'NaN', '-Infinity'] }],
    [[0x00720076, 'FL', [1.5]], { Value: [1.5] }],
    [[0x00720064, 'IS', '12\\x\\-3'], { Value: [12, 'x', -3] }],
    [[0x00081030, 'LO', 'é'], { Value: ['Ã©'] }],
    [[0x00104000, 'LT', ' a\\b'], { Value: [' a\\b'] }],
    [[0x00720065, 'OB', bytesOf('abcd')], { InlineBinary: 'YWJjZA==' }],
    [[0x00720067, 'OF', [1.5]], { InlineBinary: 'AADAPw==' }],
    [[0x0072007c, 'SL', [-5]], { Value: [-5] }],
    [[0x00720082, 'SV', [-5n, 2n ** 63n - 1n]], { Value: [-5, '9223372036854775807'] }],
    [[0x00080120, 'UR', 'http://x/?a=1\\2'], { Value: ['http://x/?a=1\\2'] }],
    [[0x00280010, 'US', [512, 1]], { Value: [512, 1] }],
    [[0x00720083, 'UV', [5n]], { Value: [5] }],
    [[0x00080018, 'UI', '1.2\0'], { Value: ['1.2'] }],
    [[0x0072006d, 'UN', bytesOf('ab')], { InlineBinary: 'YWI=' }],
  ]
  for (const [entry, value] of rows) assert.deepEqual(only(entry), { vr: entry[1], ...value })
})

test('names of persons (PS3.18 F.2.2)', () => {
  assert.deepEqual(only([0x00100010, 'PN', 'A^B=C^D=E\\\\=F']), {
    vr: 'PN',
    Value: [{ Alphabetic: 'A^B', Ideographic: 'C^D', Phonetic: 'E' }, null, { Ideographic: 'F' }],
  })
})

test('empty values have no Value (PS3.18 F.2.5)', () => {
  for (const vr of ['LO', 'US', 'OB', 'PN', 'SQ', 'UN', 'AT'] as const) {
    assert.deepEqual(only([0x00720065, vr, vr === 'SQ' ? [] : empty]), { vr })
  }
})

test('sequences, with empty items', () => {
  assert.deepEqual(toDicomJson(build([0x00081140, 'SQ', [[[0x00081150, 'UI', '1.2']], []]])), {
    '00081140': { vr: 'SQ', Value: [{ '00081150': { vr: 'UI', Value: ['1.2'] } }, {}] },
  })
})

test('group lengths and file meta information are left out; text is declared as UTF-8', () => {
  const dataSet = build(
    [0x00020010, 'UI', '1.2'],
    [0x00080000, 'UL', 4],
    [0x00080005, 'CS', 'ISO_IR 144'],
    [0x00100010, 'PN', bytesOf('\xbf')],
  )
  assert.deepEqual(toDicomJson(dataSet), {
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'П' }] },
  })
})

const large: NewElement = [0x00720065, 'OB', new Uint8Array(1026)]
const path = ({ items, element }: ElementLocation): string =>
  [...items.flatMap(({ tag, index }) => [formatTag(tag, ''), index]), formatTag(element.tag, '')].join('/')

test('long binary values and lists of numbers are left out or referred to', () => {
  const numbers: NewElement = [0x00720078, 'UL', Array.from({ length: 300 }, () => 1)]
  const text: NewElement = [0x00720070, 'UT', 'a'.repeat(3000)]
  const dataSet = build([0x00081140, 'SQ', [[], [large]]], large, numbers, text)
  assert.deepEqual(toDicomJson(build(large)), { '00720065': { vr: 'OB' } })
  assert.deepEqual(toDicomJson(dataSet, { bulkDataUri: path }), {
    '00081140': {
      vr: 'SQ',
      Value: [{}, { '00720065': { vr: 'OB', BulkDataURI: '00081140/1/00720065' } }],
    },
    '00720065': { vr: 'OB', BulkDataURI: '00720065' },
    '00720070': { vr: 'UT', Value: ['a'.repeat(3000)] },
    '00720078': { vr: 'UL', BulkDataURI: '00720078' },
  })
  assert.deepEqual(toDicomJson(build(numbers), { maxInlineBytes: 1200 })['00720078'], {
    vr: 'UL',
    Value: Array(300).fill(1),
  })
})

test('values that are not in memory are referred to', () => {
  const element = { vr: 'OB', offset: 0, valueOffset: 12, length: 4 } as const
  const elements: readonly Element[] = [
    { ...element, tag: 0x00720070, vr: 'UT', value: { kind: 'reference' } },
    { ...element, tag: 0x7fe00010, value: { kind: 'fragments', fragments: [] } },
  ]
  assert.deepEqual(toDicomJson(new DataSet(encoding, elements), { bulkDataUri: path }), {
    '00720070': { vr: 'UT', BulkDataURI: '00720070' },
    '7FE00010': { vr: 'OB', BulkDataURI: '7fe00010' },
  })
})

test('binary values are in little endian byte order, whatever the data set', () => {
  const bigEndian = buildDataSet({ explicitVr: true, littleEndian: false }, [
    [0x00720069, 'OW', bytesOf('\x00\x01\x00\x02')],
    [0x00720067, 'OF', [1.5]],
    [0x00720073, 'OD', [1.5]],
    [0x00720065, 'OB', bytesOf('\x00\x01')],
    [0x00280010, 'US', [512]],
  ])
  const littleEndian = build(
    [0x00720069, 'OW', bytesOf('\x01\x00\x02\x00')],
    [0x00720067, 'OF', [1.5]],
    [0x00720073, 'OD', [1.5]],
    [0x00720065, 'OB', bytesOf('\x00\x01')],
    [0x00280010, 'US', [512]],
  )
  assert.deepEqual(toDicomJson(bigEndian), toDicomJson(littleEndian))
})

test('text that came as UN has the VR of the dictionary', () => {
  assert.deepEqual(only([0x00100010, 'UN', bytesOf('A^B ')]), { vr: 'PN', Value: [{ Alphabetic: 'A^B' }] })
  assert.deepEqual(only([0x00090010, 'UN', bytesOf('ACME')]), { vr: 'LO', Value: ['ACME'] })
})

test('base64 of long values', () => {
  const bytes = Uint8Array.from({ length: 100_001 }, (_, index) => index)
  const json = toDicomJson(build([0x00720065, 'OB', bytes]), { maxInlineBytes: 200_000 })
  const { InlineBinary } = json['00720065'] as { readonly InlineBinary: string }
  assert.deepEqual(Uint8Array.from(Buffer.from(InlineBinary, 'base64')).subarray(0, bytes.length), bytes)
})
