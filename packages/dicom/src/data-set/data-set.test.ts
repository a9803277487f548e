import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildDataSet } from '../encoding/build-data-set.ts'
import { DataSet } from './data-set.ts'
import type { Element } from './element.ts'
import { findByPath, findItem, formatPath } from './path.ts'

const encoding = { explicitVr: true, littleEndian: true }

const dataSet = buildDataSet(encoding, [
  [0x00081140, 'SQ', [[], [[0x00081199, 'SQ', [[[0x00081155, 'UI', '1.2']]]]]]],
  [0x00100010, 'PN', 'A'],
])

test('finds elements by tag', () => {
  const tags = Array.from({ length: 101 }, (_, index) => 0x00100000 + 2 * index)
  const many = buildDataSet(
    encoding,
    tags.map((tag) => [tag, 'LO', String(tag)]),
  )
  assert.equal(many.size, 101)
  for (const tag of tags) {
    assert.equal(many.get(tag)?.tag, tag)
    assert.equal(many.has(tag + 1), false)
  }
  assert.equal(many.get(0), undefined)
  assert.deepEqual(
    [...many].map(({ tag }) => tag),
    tags,
  )
})

test('is made of a map or an array', () => {
  const element: Element = {
    tag: 0x00100010,
    vr: 'PN',
    offset: -1,
    valueOffset: -1,
    length: 0,
    value: { kind: 'bytes', bytes: new Uint8Array(0) },
  }
  for (const elements of [[element], new Map([[element.tag, element]])]) {
    const made = new DataSet(encoding, elements)
    assert.equal(made.size, 1)
    assert.equal(made.get(0x00100010), element)
  }
})

test('finds elements and items by path', () => {
  const items = [
    { sequence: 0x00081140, index: 1 },
    { sequence: 0x00081199, index: 0 },
  ]
  const path = { items, tag: 0x00081155 }
  assert.equal(findByPath(dataSet, path)?.vr, 'UI')
  assert.equal(findItem(dataSet, items)?.parent?.parent, dataSet)
  assert.equal(findItem(dataSet, []), dataSet)
  assert.equal(formatPath(path), '0008,1140[1].0008,1199[0].0008,1155')
  assert.equal(findByPath(dataSet, { items: [], tag: 0x00100010 })?.vr, 'PN')
  assert.equal(findByPath(dataSet, { items: [{ sequence: 0x00081140, index: 2 }], tag: 0 }), undefined)
  assert.equal(findByPath(dataSet, { items: [{ sequence: 0x00100010, index: 0 }], tag: 0 }), undefined)
})
