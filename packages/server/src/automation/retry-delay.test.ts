import assert from 'node:assert/strict'
import { test } from 'node:test'
import { retryDelay } from './retry-delay.ts'

const limits = { firstDelay: 1000, longestDelay: 10_000 }

test('delays double up to the maximum', () => {
  const longest = [1, 2, 3, 4, 5, 6].map((failures) => retryDelay(failures, 1, limits))
  assert.deepEqual(longest, [1000, 2000, 4000, 8000, 10_000, 10_000])
  assert.equal(retryDelay(100_000, 1, limits), 10_000)
})

test('half of a delay is chance', () => {
  assert.equal(retryDelay(3, 0, limits), 2000)
  assert.equal(retryDelay(3, 0.5, limits), 3000)
})
