import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FreshCache } from './fresh-cache.ts'

function makeCache(budget = 100) {
  const state: { version: number | undefined; loads: number } = { version: 1, loads: 0 }
  const cache = new FreshCache<string>({
    version: () => state.version,
    budget,
    sizeOf: (value) => value.length,
  })
  const read = (key: string, value: string | undefined) =>
    cache.read(key, async () => {
      state.loads++
      return value
    })
  return { state, cache, read }
}

test('a value is read once, until something changes', async () => {
  const { state, read } = makeCache()
  assert.equal(await read('a', 'old'), 'old')
  assert.equal(await read('a', 'new'), 'old')
  state.version = 2
  assert.equal(await read('a', 'new'), 'new')
  assert.equal(state.loads, 2)
})

test('what is not there is looked for each time', async () => {
  const { read } = makeCache()
  assert.equal(await read('a', undefined), undefined)
  assert.equal(await read('a', 'there'), 'there')
})

test('a value that was being read while something changed is not kept', async () => {
  const { state, cache, read } = makeCache()
  const gate = Promise.withResolvers<string>()
  const slow = cache.read('a', () => gate.promise)
  state.version = 2
  await read('b', 'other')
  gate.resolve('old')
  assert.equal(await slow, 'old')
  assert.equal(await read('a', 'new'), 'new')
})

test('nothing is kept, or taken from what was kept, while something is changing', async () => {
  const { state, read } = makeCache()
  await read('a', 'old')
  state.version = undefined
  assert.equal(await read('a', 'new'), 'new')
  assert.equal(await read('b', 'there'), 'there')
  state.version = 1
  assert.equal(await read('a', 'newer'), 'old')
  assert.equal(await read('b', 'elsewhere'), 'elsewhere')
})

test('memory is bounded: what was used last stays', async () => {
  const { state, read } = makeCache(10)
  for (const key of ['a', 'b', 'c']) await read(key, 'xxxx')
  assert.equal(state.loads, 3)
  await read('c', 'xxxx')
  assert.equal(state.loads, 3)
  await read('a', 'xxxx')
  assert.equal(state.loads, 4)
  await read('d', 'x'.repeat(11))
  await read('d', 'x'.repeat(11))
  assert.equal(state.loads, 6)
})
