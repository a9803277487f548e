import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommitCount } from './commit-count.ts'

test('each commit makes another version, which other threads see', () => {
  const writing = new CommitCount()
  const reading = new CommitCount(writing.memory)
  const before = reading.version()
  assert.equal(reading.version(), before)
  writing.during(() => undefined)
  assert.notEqual(reading.version(), before)
})

test('there is no version while a commit is on its way', () => {
  const count = new CommitCount()
  count.during(() => assert.equal(count.version(), undefined))
  assert.notEqual(count.version(), undefined)
})

test('a commit that fails may have changed something', () => {
  const count = new CommitCount()
  const before = count.version()
  const failure = new Error('disk full')
  const fail = () => {
    throw failure
  }
  assert.throws(() => count.during(fail), failure)
  assert.ok(count.version() !== undefined && count.version() !== before)
})

test('what counted up to the largest number goes on with the smallest', () => {
  const count = new CommitCount()
  new Int32Array(count.memory)[0] = 2 ** 31 - 2
  const before = count.version()
  count.during(() => assert.equal(count.version(), undefined))
  assert.ok(count.version() !== undefined && count.version() !== before)
})
