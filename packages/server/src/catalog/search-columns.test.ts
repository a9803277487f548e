import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uidHash } from './search-columns.ts'

test('hashes of UIDs are exact numbers, and few are shared', () => {
  const ofSeries = Array.from({ length: 5000 }, (_, index) => uidHash(`1.2.840.113619.2.55.${index}`))
  const random = Array.from({ length: 5000 }, (_, index) => uidHash(`2.25.${index * 7919 * 104_729}`))
  for (const hash of [...ofSeries, ...random, uidHash('')]) assert.ok(Number.isSafeInteger(hash) && hash >= 0)
  assert.ok(new Set(ofSeries).size > 4990)
  assert.ok(new Set(random).size > 4990)
  assert.equal(new Set(ofSeries.map((hash) => Math.floor(hash / 2 ** 24))).size, 1)
  assert.equal(uidHash(' 1.2 '), uidHash('1.2'))
})
