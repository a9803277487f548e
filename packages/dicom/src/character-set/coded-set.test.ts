import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CodedSet } from './coded-set.ts'
import * as multiByte from './multi-byte-sets.ts'
import * as singleByte from './single-byte-sets.ts'

/** Typed from PS3.3 Tables C.12-3 and C.12-4, in column/row notation; then the number of characters of the set. */
const designations: readonly (readonly [CodedSet, 'G0' | 'G1', string, number])[] = [
  [singleByte.isoIr6, 'G0', '02/08 04/02', 95],
  [singleByte.isoIr14, 'G0', '02/08 04/10', 95],
  [singleByte.isoIr13, 'G1', '02/09 04/09', 63],
  [singleByte.isoIr100, 'G1', '02/13 04/01', 96],
  [singleByte.isoIr101, 'G1', '02/13 04/02', 96],
  [singleByte.isoIr109, 'G1', '02/13 04/03', 89],
  [singleByte.isoIr110, 'G1', '02/13 04/04', 96],
  [singleByte.isoIr144, 'G1', '02/13 04/12', 96],
  [singleByte.isoIr127, 'G1', '02/13 04/07', 51],
  [singleByte.isoIr126, 'G1', '02/13 04/06', 90],
  [singleByte.isoIr138, 'G1', '02/13 04/08', 58],
  [singleByte.isoIr148, 'G1', '02/13 04/13', 96],
  [singleByte.isoIr203, 'G1', '02/13 06/02', 96],
  [singleByte.isoIr166, 'G1', '02/13 05/04', 87],
  [multiByte.isoIr87, 'G0', '02/04 04/02', 6879],
  [multiByte.isoIr159, 'G0', '02/04 02/08 04/04', 6067],
  [multiByte.isoIr149, 'G1', '02/04 02/09 04/03', 8224],
  [multiByte.isoIr58, 'G1', '02/04 02/09 04/01', 7445],
]

const columnAndRow = (text: string): string =>
  Array.from(text, (character) => {
    const code = character.charCodeAt(0)
    return [code >> 4, code & 15].map((half) => String(half).padStart(2, '0')).join('/')
  }).join(' ')

for (const [set, element, escapeSequence, size] of designations) {
  test(`ISO-IR ${set.number}: designation and characters`, () => {
    assert.equal(set.element, element)
    assert.equal(columnAndRow(set.escape), escapeSequence)
    const registered = [...set.cells].filter((code, cell) => code !== 0 && set.cellOf(code) === cell)
    assert.equal(registered.length, size)
  })
}

test('every set is in the table', () => {
  assert.deepEqual(
    new Set(designations.map(([set]) => set)),
    new Set([...Object.values(singleByte), ...Object.values(multiByte)]),
  )
})

test('Latin 1 is the first page of Unicode, and JIS X 0201 differs from ASCII in two places', () => {
  for (let code = 0xa0; code <= 0xff; code++) assert.equal(singleByte.isoIr100.cells[code & 0x7f], code)
  const different = [...singleByte.isoIr6.cells].flatMap((code, cell) =>
    singleByte.isoIr14.cells[cell] === code ? [] : [[cell, singleByte.isoIr14.cells[cell]]],
  )
  assert.deepEqual(different, [
    [0x5c, 0xa5],
    [0x7e, 0x203e],
  ])
})

test('characters that are read but not registered are not written', () => {
  assert.equal(singleByte.isoIr126.cells[0x24], 0x20ac)
  assert.equal(singleByte.isoIr126.cellOf(0x20ac), undefined)
  assert.equal(multiByte.isoIr87.cells[(13 - 1) * 94], 0x2460)
  assert.equal(multiByte.isoIr87.cellOf(0x2460), undefined)
  assert.equal(singleByte.isoIr166.cellOf(0xa0), undefined)
})

test('lookalikes share a cell', () => {
  assert.equal(multiByte.isoIr87.cellOf(0x301c), multiByte.isoIr87.cellOf(0xff5e))
  assert.equal(multiByte.isoIr58.cellOf(0x30fb), 3)
})
