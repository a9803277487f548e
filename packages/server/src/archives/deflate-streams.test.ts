import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { constants, inflateRawSync } from 'node:zlib'
import { DeflateStreams } from './deflate-streams.ts'
import { streamEnd } from './deflater.ts'

const ways = [
  { level: 0 },
  { level: 4, memLevel: 8 },
  { level: 1, strategy: constants.Z_RLE, memLevel: 9 },
] as const

const inflate = (packed: Uint8Array): Buffer => inflateRawSync(Buffer.concat([packed, streamEnd]))

/** Repetitions within pieces and from each to the next; noise; results of several buffers; nothing much. */
const pieces = [
  Buffer.alloc(100_000, 7),
  Buffer.alloc(100_000, 7),
  randomBytes(1_040_000),
  Buffer.alloc(1),
  Buffer.from('again and again '.repeat(3000)),
  Buffer.from('again and again '.repeat(3000)),
  randomBytes(2_500_000),
]

test('each piece can be read without those before it', async () => {
  for (const way of ways) {
    const streams = new DeflateStreams(way)
    for (const piece of pieces) assert.ok(inflate(await streams.deflate(piece)).equals(piece))
  }
})

test('pieces at the same time do not mix', async () => {
  for (const way of ways) {
    const streams = new DeflateStreams(way)
    const packed = await Promise.all(pieces.map((piece) => streams.deflate(piece)))
    for (const [index, piece] of pieces.entries()) {
      assert.ok(inflate(packed[index] ?? piece).equals(piece))
    }
  }
})
