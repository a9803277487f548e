import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError } from '../model/domain-error.ts'
import { parseRange } from './range.ts'

test('reads the forms of one range', () => {
  assert.equal(parseRange(undefined, 100), undefined)
  assert.equal(parseRange('items=0-1', 100), undefined)
  assert.deepEqual(parseRange('bytes=0-0', 100), { start: 0, end: 1 })
  assert.deepEqual(parseRange('bytes=10-19', 100), { start: 10, end: 20 })
  assert.deepEqual(parseRange('bytes=10-', 100), { start: 10, end: 100 })
  assert.deepEqual(parseRange('bytes=-10', 100), { start: 90, end: 100 })
  assert.deepEqual(parseRange('bytes=-1000', 100), { start: 0, end: 100 })
  assert.deepEqual(parseRange('bytes=99-999', 100), { start: 99, end: 100 })
})

test('refuses what cannot be satisfied, and storms', () => {
  const storm = `bytes=${Array.from({ length: 5000 }, (_, index) => `${index}-`).join(',')}`
  for (const header of [
    'bytes=',
    'bytes=-',
    'bytes=100-',
    'bytes=5-4',
    'bytes=-0',
    'bytes=0-1,3-4',
    'bytes=a-b',
    storm,
  ]) {
    assert.throws(
      () => parseRange(header, 100),
      (error: unknown) => error instanceof DomainError && error.code === 'BadRange',
      header.slice(0, 40),
    )
  }
  assert.throws(() => parseRange('bytes=0-', 0))
})
