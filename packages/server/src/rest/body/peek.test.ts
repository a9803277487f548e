import assert from 'node:assert/strict'
import { test } from 'node:test'
import { peek } from './peek.ts'
import { collect, pieces } from './streams.fixture.ts'

test('looks at the first bytes and gives all of them', async () => {
  const bytes = Buffer.from('hello world')
  for (const size of [1, 2, 3, 4, 5, 100]) {
    const peeked = await peek(pieces(bytes, size), 4)
    assert.equal(Buffer.from(peeked.head).toString(), 'hell')
    assert.equal((await collect(peeked.bytes)).toString(), 'hello world')
  }
  const short = await peek(pieces(Buffer.from('he'), 1), 4)
  assert.equal(short.head.length, 2)
  assert.equal((await collect(short.bytes)).toString(), 'he')
})

test('leaving early closes the source', async () => {
  let closed = false
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.from('x')
    } finally {
      closed = true
    }
  }
  const { bytes } = await peek(source(), 1)
  for await (const _ of bytes) break
  assert.ok(closed)
})
