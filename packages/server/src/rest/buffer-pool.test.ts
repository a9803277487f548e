import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BufferPool } from './buffer-pool.ts'

const kilobyte = 1024

test('a buffer that was given back is used again, and only then', () => {
  const pool = new BufferPool(64 * kilobyte, 2)
  const one = pool.take(64 * kilobyte)
  const other = pool.take(60 * kilobyte)
  assert.notEqual(one.buffer, other.buffer)
  assert.equal(other.length, 60 * kilobyte)
  pool.give(other)
  assert.equal(pool.take(50 * kilobyte).buffer, other.buffer)
  assert.notEqual(pool.take(50 * kilobyte).buffer, other.buffer)
})

test('what is given back twice, or comes from elsewhere, is not lent', () => {
  const pool = new BufferPool(64 * kilobyte, 8)
  const one = pool.take(64 * kilobyte)
  pool.give(one)
  pool.give(one)
  const foreign = new Uint8Array(64 * kilobyte)
  pool.give(foreign)
  const taken = [pool.take(64 * kilobyte), pool.take(64 * kilobyte)]
  assert.equal(taken[0]?.buffer, one.buffer)
  assert.ok(taken[1]?.buffer !== one.buffer && taken[1]?.buffer !== foreign.buffer)
})

test('no more are kept than said, and neither small nor large ones', () => {
  const pool = new BufferPool(64 * kilobyte, 1)
  const lent = [pool.take(64 * kilobyte), pool.take(64 * kilobyte)]
  for (const chunk of lent) pool.give(chunk)
  const again = [pool.take(64 * kilobyte), pool.take(64 * kilobyte)]
  assert.equal(again.filter(({ buffer }) => lent.some((chunk) => chunk.buffer === buffer)).length, 1)
  for (const length of [0, 100, 65 * kilobyte]) {
    const chunk = pool.take(length)
    assert.equal(chunk.length, length)
    pool.give(chunk)
    assert.notEqual(pool.take(64 * kilobyte).buffer, chunk.buffer)
  }
})
