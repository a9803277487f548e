import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { inflateRawSync } from 'node:zlib'
import { Deflater, streamEnd } from './deflater.ts'
import { Slots } from './slots.ts'

const size = 300_000

/** 12 of 16 bits are noise, as in many pixels. */
const noisy = (): Buffer => {
  const bytes = randomBytes(size)
  for (let index = 1; index < size; index += 2) bytes[index] = (bytes[index] ?? 0) & 0x0f
  return bytes
}

const text = Buffer.from(
  Array.from({ length: size / 10 }, (_, index) => String(index ** 2).padEnd(10)).join(''),
)

test('whatever comes first, later pieces are compressed about as well as they can be', async () => {
  for (const [kind, make, share] of [
    ['noise', () => randomBytes(size), 1.001],
    ['pixels', noisy, 0.88],
    ['text', () => text, 0.5],
  ] as const) {
    const pack = new Deflater().alike()
    for (let piece = 0; piece < 3; piece++) {
      const content = make()
      const packed = await pack(Buffer.from(content))
      assert.ok(packed.length < size * share, `${kind}: ${packed.length / size}`)
      assert.ok(inflateRawSync(Buffer.concat([packed, streamEnd])).equals(content))
    }
  }
})

test('what changes its kind is noticed after a while', async () => {
  const pack = new Deflater().alike()
  for (let piece = 0; piece < 16; piece++) await pack(randomBytes(20_000))
  assert.ok((await pack(text)).length < size * 0.5)
})

test('short pieces decide nothing', async () => {
  const pack = new Deflater().alike()
  await pack(randomBytes(1000))
  assert.ok((await pack(text)).length < size * 0.5)
})

test('no more run at the same time than there are slots, in the order they came', async () => {
  const slots = new Slots(2)
  const [begun, waiting]: [number[], (() => void)[]] = [[], []]
  const all = [0, 1, 2, 3].map((index) =>
    slots.run(async () => {
      begun.push(index)
      await new Promise<void>((resolve) => waiting.push(resolve))
      if (index === 1) throw new Error('failed')
    }),
  )
  const settled = Promise.allSettled(all)
  for (const expected of [
    [0, 1],
    [0, 1, 2],
    [0, 1, 2, 3],
  ]) {
    await setImmediate()
    assert.deepEqual(begun, expected)
    waiting.shift()?.()
  }
  await setImmediate()
  for (const resolve of waiting) resolve()
  assert.deepEqual(
    (await settled).map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  )
})
