import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sliceStream } from './slice-stream.ts'

const text = '0123456789'

async function* pieces(size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < text.length; start += size) yield Buffer.from(text.slice(start, start + size))
}

const collect = async (stream: AsyncIterable<Uint8Array>): Promise<string> =>
  Buffer.concat(await Array.fromAsync(stream)).toString()

test('every slice of a stream, whatever its pieces', async () => {
  for (const size of [1, 3, 10]) {
    for (let start = 0; start <= text.length; start++) {
      for (let end = start; end <= text.length; end++) {
        assert.equal(await collect(sliceStream(pieces(size), start, end)), text.slice(start, end))
      }
    }
  }
})

test('a stream that ends too early is corrupt', async () => {
  for (const start of [0, 5, 10]) {
    await assert.rejects(collect(sliceStream(pieces(3), start, 11)), { code: 'CorruptedFile' })
  }
})

test('no more of a stream is read than the slice needs', async () => {
  async function* endless() {
    for (;;) yield Buffer.from('ab')
  }
  assert.equal(await collect(sliceStream(endless(), 3, 6)), 'bab')
})
