import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { testBlobStore } from './blob-store.conformance.ts'
import { FilesystemBlobStore } from './filesystem-blob-store.ts'
import { MemoryBlobStore } from './memory-blob-store.ts'

const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'kingsfoil-blobs-'))

testBlobStore({
  name: 'memory',
  open: async () => ({ store: new MemoryBlobStore(), release: async () => {} }),
})

testBlobStore({
  name: 'filesystem',
  open: async () => {
    const folder = await makeFolder()
    return { store: new FilesystemBlobStore(folder), release: () => rm(folder, { recursive: true }) }
  },
})

async function* one(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

const filesBelow = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)

test('filesystem: a clean close leaves only what was confirmed', async () => {
  const folder = await makeFolder()
  const store = new FilesystemBlobStore(folder)
  const kept = await store.write(one('kept'))
  const dropped = await store.write(one('dropped'))
  store.confirm(kept.key)
  await store.remove(dropped.key)
  await store.close()
  assert.deepEqual(await filesBelow(folder), [kept.key])
  await rm(folder, { recursive: true })
})

test('filesystem: after a crash the next process is told of every blob that was not confirmed', async () => {
  const folder = await makeFolder()
  const crashed = new FilesystemBlobStore(folder)
  const kept = await crashed.write(one('kept'))
  const open = await crashed.write(one('open'))
  crashed.confirm(kept.key)
  const next = new FilesystemBlobStore(folder)
  const seen: string[] = []
  for await (const key of next.unconfirmed()) {
    seen.push(key)
    if (key !== kept.key) await next.remove(key)
  }
  assert.ok(seen.includes(open.key))
  assert.deepEqual(await filesBelow(folder), [kept.key])
  assert.deepEqual(await Array.fromAsync(next.unconfirmed()), [])
  await rm(folder, { recursive: true })
})

test('filesystem: what was confirmed and then removed does not hide from the next process what was not confirmed', async () => {
  const folder = await makeFolder()
  const crashed = new FilesystemBlobStore(folder)
  const write = async (text: string) => (await crashed.write(one(text))).key
  // Half of the files that are made together, and one more.
  for (let count = 0; count < 32; count++) {
    const key = await write('short-lived')
    crashed.confirm(key)
    await crashed.remove(key)
  }
  const open = await write('open')
  await crashed.close()
  const next = new FilesystemBlobStore(folder)
  assert.deepEqual(await Array.fromAsync(next.unconfirmed()), [open])
  await next.close()
  await rm(folder, { recursive: true })
})
