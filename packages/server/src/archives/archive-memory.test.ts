import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { archiveLimits } from './archive-limits.ts'
import { chunksOf, memoryEntry } from './archives.fixture.ts'
import { Checksums } from './checksums.ts'
import { Deflater } from './deflater.ts'
import { ReadAhead } from './read-ahead.ts'
import { StoredArchive } from './stored-archive.ts'
import { streamArchive } from './stream-archive.ts'

const megabyte = 2 ** 20

/** The largest resident memory on the way, beyond what there was before. */
async function growthOf(archive: AsyncIterable<Uint8Array>): Promise<{ bytes: number; growth: number }> {
  const before = process.memoryUsage.rss()
  let [bytes, most, chunks] = [0, before, 0]
  for await (const chunk of archive) {
    bytes += chunk.length
    if (chunks++ % 16 === 0) most = Math.max(most, process.memoryUsage.rss())
  }
  return { bytes, growth: most - before }
}

/** Read anew each time, as files are. */
function* entriesOf(count: number, size: number) {
  const content = randomBytes(megabyte)
  for (let index = 0; index < count; index++) {
    yield {
      ...memoryEntry(`folder/${index}`, content),
      size,
      blobKey: String(index),
      read: async function* ({ start, end = size } = { start: 0 }) {
        for (let at = start; at < end; at += megabyte) {
          yield* chunksOf(Buffer.from(content.subarray(0, end - at)), 640 * 1024)
        }
      },
    }
  }
}

const packing = {
  deflater: new Deflater(),
  ahead: new ReadAhead(archiveLimits.aheadBytes),
  limits: archiveLimits,
  isPrompt: true,
  onSkipped: (_: unknown, error: unknown) => assert.fail(String(error)),
} as const

/** For the window and what is in the making, together with what is no longer used and not yet collected. */
const most = 150 * megabyte

test('a stored archive of 2 GiB takes memory that does not depend on its size', async () => {
  const short = await growthOf(streamArchive(entriesOf(1024, megabyte), { ...packing, method: 'stored' }))
  const long = await growthOf(streamArchive(entriesOf(1, 1024 * megabyte), { ...packing, method: 'stored' }))
  assert.ok(short.bytes + long.bytes > 2048 * megabyte)
  assert.ok(Math.max(short.growth, long.growth) < most, `${short.growth} and ${long.growth} bytes`)
})

test('nor does one of known length', async () => {
  const entries = [...entriesOf(512, megabyte), ...entriesOf(1, 512 * megabyte)]
  const archive = new StoredArchive(entries, { checksums: new Checksums(10) })
  const { bytes, growth } = await growthOf(archive.read())
  assert.equal(bytes, archive.length)
  assert.ok(growth < most, `${growth} bytes`)
})

test('nor does one that is deflated', async () => {
  const entries = [...entriesOf(128, megabyte), ...entriesOf(1, 128 * megabyte)]
  const { bytes, growth } = await growthOf(streamArchive(entries, { ...packing, method: 'deflated' }))
  assert.ok(bytes > 256 * megabyte)
  assert.ok(growth < most, `${growth} bytes`)
})
