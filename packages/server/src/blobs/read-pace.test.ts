import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ReadPace } from './read-pace.ts'

test('after a slow read other threads read for a while, and then it is tried again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kingsfoil-pace-'))
  const path = join(folder, 'file')
  writeFileSync(path, 'content')
  const fd = openSync(path, 'r')
  const time = { now: 0, step: 0 }
  const pace = new ReadPace(() => {
    time.now += time.step
    return time.now
  })
  const isHere = async () => {
    const buffer = new Uint8Array(7)
    const result = pace.read(fd, buffer, 0)
    assert.equal(await result, 7)
    assert.equal(Buffer.from(buffer).toString(), 'content')
    return typeof result === 'number'
  }
  try {
    const untilHere = async () => {
      for (let elsewhere = 0; ; elsewhere++) if (await isHere()) return elsewhere
    }
    assert.deepEqual([await untilHere(), await untilHere()], [0, 0])
    time.step = 20
    const pauses = []
    for (let slow = 0; slow < 9; slow++) pauses.push(await untilHere())
    assert.deepEqual(pauses, [0, 4, 8, 16, 32, 64, 128, 256, 256])
    time.step = 0
    assert.deepEqual([await untilHere(), await untilHere()], [256, 0])
    time.step = 20
    assert.deepEqual([await untilHere(), await untilHere()], [0, 4])
    time.step = 0
    await untilHere()
    assert.equal(await pace.read(fd, new Uint8Array(7), 7), 0)
    assert.equal(await pace.read(fd, new Uint8Array(9), 5), 2)
  } finally {
    closeSync(fd)
    rmSync(folder, { recursive: true })
  }
})
