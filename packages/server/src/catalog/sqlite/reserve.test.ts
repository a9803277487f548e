import assert from 'node:assert/strict'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Reserve } from './reserve.ts'

test('a reserve is given up piece by piece, until nothing is left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-reserve-'))
  const path = join(folder, 'reserve')
  const reserve = new Reserve(path)
  assert.equal(await reserve.giveUp(), false)
  await writeFile(path, Buffer.alloc(2_500_000))
  const sizes: number[] = []
  while (await reserve.giveUp()) sizes.push((await stat(path)).size)
  assert.deepEqual(sizes, [2_500_000 - (1 << 20), 2_500_000 - (2 << 20), 0])
  await reserve.close()
  await rm(folder, { recursive: true })
})
