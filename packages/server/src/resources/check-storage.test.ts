import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { MemoryBlobStore } from '../blobs/memory-blob-store.ts'
import { Catalog } from '../catalog/catalog.ts'
import { checkStorage } from './check-storage.ts'

async function* textOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

test('what jobs made belongs to them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-check-'))
  const catalog = await Catalog.open(folder)
  const blobs = new MemoryBlobStore()
  const owner = randomUUID()
  const { id, number } = await catalog.jobs.submit({
    id: randomUUID(),
    type: 'A',
    priority: 0,
    parameters: [],
    userData: undefined,
    permissive: false,
    steps: 1,
    plan: [],
    facts: {},
    created: 0,
    attendedBy: owner,
  })
  const [good, short, lost] = [
    await blobs.write(textOf('good')),
    await blobs.write(textOf('short')),
    await blobs.write(textOf('lost')),
  ]
  const parts = [good, { ...short, size: 7 }, lost].map(({ key, size }) => ({ output: 'x', blob: key, size }))
  await catalog.jobs.record({
    run: { number, owner, claim: 1 },
    now: 0,
    ran: 0,
    checkpoint: { cursor: 1, failedSteps: 0, facts: '{}', result: undefined, parts },
    end: undefined,
    outcomes: [],
    lines: [],
    kept: { outcomes: 1, lines: 1 },
    retention: { history: 1, outputs: 1 },
  })
  const expected = [
    { kind: 'corrupt', level: 'Job', resourceId: id, blobKey: short.key, details: '5 bytes instead of 7' },
    { kind: 'missing', level: 'Job', resourceId: id, blobKey: lost.key },
  ]
  await blobs.remove(lost.key)
  for (const verify of [false, true]) {
    const findings = await Array.fromAsync(checkStorage(catalog, blobs, { verify }))
    assert.deepEqual(
      findings.toSorted((a, b) => (a.kind < b.kind ? -1 : 1)),
      expected,
    )
  }
  await catalog.close()
  await rm(folder, { recursive: true })
})
