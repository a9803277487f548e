import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collect, pieces } from './body/streams.fixture.ts'
import { sliceStream } from './slice-stream.ts'

test('every slice of a stream, whatever its pieces', async () => {
  const bytes = Buffer.from('0123456789')
  for (const size of [1, 3, 10]) {
    for (let offset = 0; offset <= 10; offset++) {
      for (let length = 0; offset + length <= 10; length++) {
        const slice = await collect(sliceStream(pieces(bytes, size), offset, length))
        assert.equal(slice.toString(), '0123456789'.slice(offset, offset + length))
      }
    }
  }
})
