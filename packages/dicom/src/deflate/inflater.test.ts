import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { DicomError } from '../errors.ts'
import { Inflater } from './inflater.ts'

function inflate(inflater: Inflater, bytes: Uint8Array, pieceSize: number): Buffer {
  const output: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += pieceSize)
    output.push(...inflater.push(bytes.subarray(at, at + pieceSize)))
  return Buffer.concat(output)
}

/** Text and noise: literals, short and long copies. */
function sample(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  let state = 1
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    bytes[at] = at % 4000 < 2000 ? state >>> 24 : (bytes[at - 1000 - (state >>> 30)] ?? 0)
  }
  return bytes
}

const strategies = [
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FILTERED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FIXED,
]

test('inflates what zlib deflates, with every strategy and level, in pieces of several sizes', () => {
  const original = sample(200_000)
  for (const strategy of strategies) {
    for (const level of [0, 1, 6, 9]) {
      const deflated = deflateRawSync(original, { strategy, level })
      for (const pieceSize of [7, 4096, deflated.length]) {
        const inflater = new Inflater()
        assert.ok(
          inflate(inflater, deflated, pieceSize).equals(original),
          `${strategy} ${level} ${pieceSize}`,
        )
        assert.equal(inflater.done, true)
      }
    }
  }
})

test('inflates any bytes, cut anywhere', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(9), fc.nat(1000), (original, level, cut) => {
      const deflated = deflateRawSync(original, { level })
      const at = cut % (deflated.length + 1)
      const inflater = new Inflater()
      const output = [...inflater.push(deflated.subarray(0, at)), ...inflater.push(deflated.subarray(at))]
      assert.deepEqual(Buffer.concat(output), Buffer.from(original))
    }),
  )
})

test('one byte at a time', () => {
  const original = sample(9000)
  assert.ok(inflate(new Inflater(), deflateRawSync(original), 1).equals(original))
})

test('ignores what follows the stream (PS3.5 A.5 pads to an even length)', () => {
  const inflater = new Inflater()
  const deflated = Buffer.concat([deflateRawSync(Buffer.from('abc')), Buffer.from([0])])
  assert.equal(inflate(inflater, deflated, 1).toString(), 'abc')
  assert.equal(inflater.done, true)
})

test('hands out everything in front of a cut', () => {
  const original = sample(100_000)
  const deflated = deflateRawSync(original)
  const inflater = new Inflater()
  const output = inflate(inflater, deflated.subarray(0, deflated.length - 20), 1000)
  assert.equal(inflater.done, false)
  assert.ok(output.length > 99_000)
  assert.ok(original.subarray(0, output.length).equals(output))
})

test('a bomb comes out in pieces of bounded size', () => {
  const deflated = deflateRawSync(Buffer.alloc(20_000_000))
  const inflater = new Inflater()
  let total = 0
  for (const output of inflater.push(deflated)) {
    assert.ok(output.length <= 65536 + 258)
    total += output.length
  }
  assert.equal(total, 20_000_000)
})

test('damage is a DicomError or other bytes, never another error', () => {
  const deflated = deflateRawSync(sample(3000))
  let errors = 0
  for (let at = 0; at < deflated.length; at++) {
    const bytes = Buffer.from(deflated)
    bytes[at] = (bytes[at] ?? 0) ^ 0x5a
    try {
      inflate(new Inflater(), bytes, 500)
    } catch (error) {
      assert.ok(error instanceof DicomError && error.code === 'BadDeflate')
      errors++
    }
  }
  assert.ok(errors > 0)
})

test('a copy from before the beginning is damage', () => {
  // Fixed codes; length 3 at distance 1 as the first symbol.
  assert.throws(() => inflate(new Inflater(), Uint8Array.of(0b00000011, 0b00000010, 0, 0), 4), {
    code: 'BadDeflate',
  })
})
