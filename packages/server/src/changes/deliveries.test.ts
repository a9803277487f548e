import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Catalog } from '../catalog/catalog.ts'
import { Deliveries } from './deliveries.ts'

const attempt = (sequence: number, error?: string) => ({
  deliveryId: `d${sequence}`,
  sequence,
  attempt: 1,
  date: '20260102T030405',
  milliseconds: 7,
  httpStatus: error === undefined ? 200 : undefined,
  error,
})

test('cursors survive and never go back; the log is bounded for each hook', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-deliveries-'))
  const first = await Catalog.open(folder)
  const writing = new Deliveries(first, 3)
  assert.equal(await writing.state('a'), undefined)
  await writing.record('a', 5, attempt(5))
  await writing.record('b', 1, attempt(1))
  await writing.record('a', 4, attempt(6, 'refused'))
  for (const sequence of [7, 8]) await writing.record('a', sequence, attempt(sequence))
  await writing.record('a', 9)
  await first.close()

  const second = await Catalog.open(folder)
  const reading = new Deliveries(second)
  const state = await reading.state('a')
  assert.equal(state?.cursor, 9)
  assert.deepEqual(state?.lastFailure, { key: 3, ...attempt(6, 'refused') })
  const page = await reading.list('a', 0, 2)
  assert.deepEqual(
    page.attempts.map(({ sequence }) => sequence),
    [6, 7],
  )
  assert.equal(page.done, false)
  const rest = await reading.list('a', page.last, 2)
  assert.deepEqual([rest.attempts.map(({ sequence }) => sequence), rest.done], [[8], true])
  assert.equal((await reading.list('b', 0, 10)).attempts.length, 1)
  await second.close()
  await rm(folder, { recursive: true })
})
