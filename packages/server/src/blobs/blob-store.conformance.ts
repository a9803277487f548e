import assert from 'node:assert/strict'
import { hash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { DomainError } from '../model/domain-error.ts'
import type { BlobStore, ByteSpan } from './blob-store.ts'

export interface BlobStoreUnderTest {
  readonly name: string
  open(): Promise<{ readonly store: BlobStore; release(): Promise<void> }>
}

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(source))
}

const absent = '00000000-0000-4000-a000-000000000000'

/** What every blob store promises. */
export function testBlobStore(subject: BlobStoreUnderTest): void {
  const check = (title: string, body: (store: BlobStore) => Promise<void>): void => {
    test(`${subject.name}: ${title}`, async () => {
      const { store, release } = await subject.open()
      try {
        await body(store)
      } finally {
        await store.close()
        await release()
      }
    })
  }

  for (const size of [0, 1, 100, 1024 * 1024 - 1, 1024 * 1024, 3 * 1024 * 1024 + 17]) {
    check(`gives back ${size} bytes with their size and digest`, async (store) => {
      const bytes = randomBytes(size)
      const stored = await store.write(chunksOf(bytes, 65_536))
      assert.equal(stored.size, size)
      assert.equal(stored.md5, hash('md5', bytes, 'hex'))
      assert.equal(await store.size(stored.key), size)
      assert.deepEqual(await collect(store.read(stored.key)), bytes)
    })
  }

  check('tells size and digest before the bytes are synced', async (store) => {
    for (const size of [0, 100, 65_537, 2 * 1024 * 1024 + 17]) {
      const bytes = randomBytes(size)
      const { synced, ...filled } = await store.fill(chunksOf(bytes, 65_536))
      assert.deepEqual(filled, { key: filled.key, size, md5: hash('md5', bytes, 'hex') })
      await synced
      assert.deepEqual(await collect(store.read(filled.key)), bytes)
    }
  })

  check('does not care how the bytes are cut', async (store) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 2000 }), async (chunks) => {
        const stored = await store.write(
          (async function* () {
            yield* chunks
          })(),
        )
        assert.deepEqual(await collect(store.read(stored.key)), Buffer.concat(chunks))
      }),
      { numRuns: 20 },
    )
  })

  check('does not care how large ones are cut, however many come at once', async (store) => {
    const around = [4096, 65_536, 262_144, 524_288, 1_048_576, 2_097_152]
    const sizes = around.flatMap((size) => [size - 1, size, size + 1, size + 4096])
    const write = async (size: number, chunk: number): Promise<void> => {
      const bytes = randomBytes(size)
      const stored = await store.write(chunksOf(bytes, chunk))
      assert.deepEqual([stored.size, stored.md5], [size, hash('md5', bytes, 'hex')])
      assert.ok(bytes.equals(await collect(store.read(stored.key))), `${size} in pieces of ${chunk}`)
    }
    for (const chunk of [997, 65_404, 3_000_000]) {
      for (const size of sizes) await write(size, chunk)
      await Promise.all(sizes.map((size) => write(size, chunk)))
    }
  })

  check('slow senders do not keep the others from being served', async (store) => {
    const { promise: goOn, resolve } = Promise.withResolvers<void>()
    const slow = Array.from({ length: 40 }, (_, index) =>
      store.write(
        (async function* () {
          yield Buffer.alloc(300_000, index)
          await goOn
          yield Buffer.alloc(300_000, index)
        })(),
      ),
    )
    const quick = randomBytes(600_000)
    assert.equal((await store.write(chunksOf(quick, 65_536))).md5, hash('md5', quick, 'hex'))
    resolve()
    for (const [index, stored] of (await Promise.all(slow)).entries()) {
      assert.equal(stored.md5, hash('md5', Buffer.alloc(600_000, index), 'hex'))
    }
  })

  check('reads into the memory it is given, or gives its own', async (store) => {
    const bytes = randomBytes(2_000_000)
    const { key } = await store.write(chunksOf(bytes, 65_536))
    const given = new Set<ArrayBufferLike>()
    const allocate = (length: number): Uint8Array => {
      const memory = new Uint8Array(length).fill(0xff)
      given.add(memory.buffer)
      return memory
    }
    const chunks = await Array.fromAsync(store.read(key, { start: 1 }, allocate))
    assert.deepEqual(Buffer.concat(chunks), bytes.subarray(1))
    assert.equal(new Set(chunks.map(({ buffer }) => buffer)).size, chunks.length)
    if (given.size > 0) assert.ok(chunks.every(({ buffer }) => given.has(buffer)))
  })

  check('reads any span, and no further than the last byte', async (store) => {
    const bytes = randomBytes(5000)
    const { key } = await store.write(chunksOf(bytes, 777))
    const spans: readonly ByteSpan[] = [
      { start: 0, end: 1 },
      { start: 4999 },
      { start: 100, end: 100 },
      { start: 4000, end: 9000 },
      { start: 6000 },
    ]
    for (const span of spans) {
      assert.deepEqual(await collect(store.read(key, span)), bytes.subarray(span.start, span.end))
    }
  })

  check('keeps nothing of a write whose source fails', async (store) => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield randomBytes(2 * 1024 * 1024)
      throw new Error('the sender went away')
    }
    const before = (await Array.fromAsync(store.list())).length
    await assert.rejects(store.write(broken()), /the sender went away/)
    assert.ok((await Array.fromAsync(store.list())).length <= before + 64)
    const { key } = await store.write(chunksOf(Buffer.from('next'), 2))
    assert.equal((await collect(store.read(key))).toString(), 'next')
  })

  check('removes, twice without complaint', async (store) => {
    const { key } = await store.write(chunksOf(Buffer.from('gone'), 9))
    await store.remove(key)
    await store.remove(key)
    await assert.rejects(
      collect(store.read(key)),
      (error) => error instanceof DomainError && error.code === 'InexistentFile',
    )
    assert.ok(!(await Array.fromAsync(store.list())).includes(key))
  })

  check('knows no key but its own', async (store) => {
    assert.equal(await store.size(absent), undefined)
    for (const key of [absent, '', '../../etc/passwd', `${absent}/../${absent}`]) {
      await assert.rejects(
        collect(store.read(key)),
        (error) => error instanceof DomainError && error.code === 'InexistentFile',
      )
    }
  })

  check('takes many writers at once', async (store) => {
    const contents = Array.from({ length: 200 }, (_, index) => Buffer.from(`blob ${index}`))
    const stored = await Promise.all(contents.map((bytes) => store.write(chunksOf(bytes, 3))))
    assert.equal(new Set(stored.map((blob) => blob.key)).size, 200)
    for (const [index, blob] of stored.entries()) {
      assert.deepEqual(await collect(store.read(blob.key)), contents[index])
    }
    const keys = new Set(await Array.fromAsync(store.list()))
    assert.ok(stored.every((blob) => keys.has(blob.key)))
  })
}
