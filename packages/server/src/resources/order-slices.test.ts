import assert from 'node:assert/strict'
import { test } from 'node:test'
import { orderSlices, type Slice } from './order-slices.ts'

const axial = [1, 0, 0, 0, 1, 0]
const slice = (id: string, more: Partial<Slice>): Slice => ({
  id,
  position: undefined,
  orientation: undefined,
  indexInSeries: undefined,
  ...more,
})
const order = (slices: readonly Slice[]) => {
  const ordered = orderSlices(slices)
  return ordered && [ordered.type, ...ordered.slices.map(({ id }) => id)]
}

test('slices are ordered along their normal, opposite ones too', () => {
  const at = (id: string, place: number, orientation = axial) =>
    slice(id, { position: [9, place % 2, place], orientation, indexInSeries: 1 })
  assert.deepEqual(order([at('a', 5), at('b', -2), at('c', 1)]), ['Volume', 'b', 'c', 'a'])
  assert.deepEqual(order([at('a', 5), at('b', -2, [0, 1, 0, 1, 0, 0])]), ['Volume', 'b', 'a'])
})

test('what is not parallel, or at one place, goes by its index', () => {
  const one = slice('a', { position: [0, 0, 1], orientation: axial, indexInSeries: 3 })
  for (const other of [
    { position: [5, 5, 1], orientation: axial },
    { position: [0, 0, 2], orientation: [1, 0, 0, 0, 0, 1] },
    { position: [0, 0, 2], orientation: [0, 0, 0, 0, 0, 0] },
    { position: [0, 2], orientation: axial },
    {},
  ]) {
    assert.deepEqual(order([one, slice('b', { ...other, indexInSeries: 2 })]), ['Sequence', 'b', 'a'])
    assert.equal(order([one, slice('b', other)]), undefined)
  }
})

test('one slice alone needs no place', () => {
  assert.deepEqual(order([slice('a', {})]), ['Sequence', 'a'])
  assert.deepEqual(order([slice('b', { indexInSeries: 1 }), slice('a', { indexInSeries: 1 })]), [
    'Sequence',
    'b',
    'a',
  ])
})
