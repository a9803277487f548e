import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentSeries } from './recent-series.ts'

test('a series grows from its first new instance until one was there already', () => {
  const recent = new RecentSeries()
  assert.equal(recent.isGrowing('a'), false)
  recent.note('a', true)
  assert.equal(recent.isGrowing('a'), true)
  assert.equal(recent.isGrowing('b'), false)
  recent.note('a', false)
  assert.equal(recent.isGrowing('a'), false)
})

test('memory is bounded: the series that was used last stays', () => {
  const recent = new RecentSeries(2)
  for (const series of ['a', 'b', 'a', 'c']) recent.note(series, true)
  assert.deepEqual(
    ['a', 'b', 'c'].filter((series) => recent.isGrowing(series)),
    ['a', 'c'],
  )
})
