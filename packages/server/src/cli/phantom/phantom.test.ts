import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPart10 } from '@kingsfoil/dicom'
import { sliceOf } from './slice.ts'
import { phantomStudy } from './study.ts'

const size = 128
/** Hounsfield units at a place of the unit square, in the plane at `z`. */
const unitsAt = (pixels: Uint16Array, x: number, y: number): number => {
  const column = Math.floor(((x + 1) / 2) * size)
  const row = Math.floor(((1 - y) / 2) * size)
  return (pixels[row * size + column] ?? 0) - 1024
}

test('a slice shows air, bone, brain, ventricles and a lesion where they should be', () => {
  const pixels = sliceOf({ size, z: 0, noise: 0, seed: 1 })
  assert.equal(unitsAt(pixels, 0.95, 0.95), -1000)
  assert.equal(unitsAt(pixels, 0, 0.9), 900)
  assert.equal(unitsAt(pixels, 0, -0.3), 36)
  assert.equal(unitsAt(pixels, 0.22, 0), 6)
  assert.equal(unitsAt(pixels, -0.22, 0), 6)
  assert.equal(unitsAt(pixels, 0, 0.45), 48)
})

test('above the head there is only air', () => {
  assert.deepEqual(new Set(sliceOf({ size: 16, z: 0.99, noise: 0, seed: 1 })), new Set([24]))
})

test('noise has the deviation asked for, and follows from the seed', () => {
  const noisy = (seed: number): Uint16Array => sliceOf({ size: 64, z: 0.99, noise: 5, seed })
  assert.deepEqual(noisy(3), noisy(3))
  assert.notDeepEqual(noisy(3), noisy(4))
  const deviations = [...noisy(3)].map((value) => (value - 24) ** 2)
  const deviation = Math.sqrt(deviations.reduce((sum, each) => sum + each, 0) / deviations.length)
  assert.ok(deviation > 4.5 && deviation < 5.5, String(deviation))
})

test('the first file of the study is one that our own reader has nothing to say against', async () => {
  const { value: file } = phantomStudy().next()
  assert.ok(file !== undefined)
  assert.equal(file.path, 'series-1/slice-01.dcm')
  const read = await readPart10(
    (async function* () {
      yield file.bytes
    })(),
  )
  assert.deepEqual(read.warnings, [])
  assert.equal(read.pixelData?.length, 512 * 512 * 2)
})
