import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DataSet } from '../data-set/data-set.ts'
import { standardDictionary } from '../dictionary/dictionary.ts'
import { buildDataSet, type NewElement } from '../encoding/build-data-set.ts'
import { textOf, textValues } from './text-of.ts'

const littleEndian = { explicitVr: true, littleEndian: true }
const build = (...entries: readonly NewElement[]): DataSet => buildDataSet(littleEndian, entries)
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

test('text, numbers and tags', () => {
  const dataSet = build(
    [0x00080008, 'CS', ['ORIGINAL', 'PRIMARY']],
    [0x00100010, 'PN', 'DOE^JOHN'],
    [0x00280009, 'AT', [0x00181063, 0x00181065]],
    [0x00280010, 'US', 512],
    [0x00720074, 'FD', [1.5, 0.1]],
    [0x00720076, 'FL', new Uint8Array(0)],
    [0x7fe00010, 'OW', new Uint8Array(4)],
  )
  assert.equal(textOf(dataSet, 0x00080008), 'ORIGINAL\\PRIMARY')
  assert.equal(textOf(dataSet, 0x00100010), 'DOE^JOHN')
  assert.equal(textOf(dataSet, 0x00280009), '0018,1063\\0018,1065')
  assert.equal(textOf(dataSet, 0x00280010), '512')
  assert.equal(textOf(dataSet, 0x00720074), '1.5\\0.10000000000000001')
  assert.equal(textOf(dataSet, 0x00720076), undefined)
  assert.equal(textOf(dataSet, 0x7fe00010), undefined)
  assert.equal(textOf(dataSet, 0x00100020), undefined)
  assert.deepEqual(textValues(dataSet, 0x00080008), ['ORIGINAL', 'PRIMARY'])
  assert.deepEqual(textValues(dataSet, 0x00720074), ['1.5', '0.10000000000000001'])
  assert.deepEqual(textValues(dataSet, 0x00720076), [])
  assert.deepEqual(textValues(dataSet, 0x00100020), [])
})

test('an empty text is text, a value that is elsewhere is none', () => {
  const dataSet = new DataSet(littleEndian, [
    {
      tag: 0x00080050,
      vr: 'SH',
      offset: 0,
      valueOffset: 8,
      length: 0,
      value: { kind: 'bytes', bytes: new Uint8Array(0) },
    },
    { tag: 0x00104000, vr: 'LT', offset: 8, valueOffset: 16, length: 1e6, value: { kind: 'reference' } },
  ])
  assert.equal(textOf(dataSet, 0x00080050), '')
  assert.deepEqual(textValues(dataSet, 0x00080050), [])
  assert.equal(textOf(dataSet, 0x00104000), undefined)
})

test('the character set is that of the item, else of what is around it, else the default', () => {
  const dataSet = build(
    [0x00080005, 'CS', 'ISO_IR 144'],
    [
      0x00081140,
      'SQ',
      [
        [[0x00081030, 'LO', bytesOf('\xbf')]],
        [
          [0x00080005, 'CS', 'ISO_IR 100'],
          [0x00081030, 'LO', bytesOf('\xbf')],
        ],
        [
          [0x00080005, 'CS', ''],
          [0x00081030, 'LO', bytesOf('\xbf')],
        ],
      ],
    ],
    [0x00100010, 'PN', bytesOf('\xbf')],
  )
  assert.equal(textOf(dataSet, 0x00100010), 'П')
  const value = dataSet.get(0x00081140)?.value
  assert.ok(value?.kind === 'items')
  assert.deepEqual(
    value.items.map((item) => textOf(item, 0x00081030)),
    ['П', '¿', 'П'],
  )
  const silent = build([0x00100010, 'PN', bytesOf('\xbf')])
  assert.equal(textOf(silent, 0x00100010), '¿')
  assert.equal(textOf(silent, 0x00100010, { defaultCharacterSet: 'ISO_IR 144' }), 'П')
  assert.equal(textOf(silent, 0x00100010, { defaultCharacterSet: '' }), '¿')
})

test('UN is text if the dictionary says so', () => {
  const dataSet = build(
    [0x00090010, 'UN', bytesOf('ACME')],
    [0x00091001, 'UN', bytesOf('hidden')],
    [0x00100010, 'UN', bytesOf('DOE^JOHN')],
    [0x00280010, 'UN', bytesOf('\x00\x02')],
  )
  const dictionary = standardDictionary.with([
    { tag: 0x00090001, vr: 'LO', keyword: 'Hidden', privateCreator: 'ACME' },
  ])
  assert.equal(textOf(dataSet, 0x00100010, { dictionary }), 'DOE^JOHN')
  assert.equal(textOf(dataSet, 0x00100010), undefined)
  assert.equal(textOf(dataSet, 0x00090010), 'ACME')
  assert.equal(textOf(dataSet, 0x00091001, { dictionary }), 'hidden')
  assert.equal(textOf(dataSet, 0x00091001, { dictionary: standardDictionary }), undefined)
  assert.equal(textOf(dataSet, 0x00280010, { dictionary }), undefined)
})

test('numbers follow the byte order of the data set', () => {
  const dataSet = buildDataSet({ explicitVr: true, littleEndian: false }, [[0x00280010, 'US', [1, 512]]])
  assert.equal(textOf(dataSet, 0x00280010), '1\\512')
})
