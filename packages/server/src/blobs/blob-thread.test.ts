import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { closeSync, constants, writeSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { AlignedBuffers } from './aligned-buffers.ts'
import { BlobThread } from './blob-thread.ts'

const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL

async function withThread(
  use: (thread: BlobThread, folder: string, buffers: AlignedBuffers) => Promise<void>,
) {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-thread-'))
  const buffers = new AlignedBuffers(2)
  const thread = new BlobThread(buffers)
  try {
    await use(thread, folder, buffers)
  } finally {
    await thread.close()
    await rm(folder, { recursive: true })
  }
}

test('makes files that stay open, and hashes in between', () =>
  withThread(async (thread, folder, buffers) => {
    const paths = ['a', 'b'].map((name) => join(folder, name))
    const making = thread.makeFiles({ paths, flags, mode: 0o644 })
    const buffer = buffers.take()
    assert.ok(buffer)
    buffer.bytes.fill('some bytes', 0, 1000)
    const digest = thread.begin(buffer)
    digest.add(0, 300, false)
    digest.add(300, 1000, true)
    assert.equal(await digest.result(), hash('md5', buffer.bytes.subarray(0, 1000), 'hex'))
    const { fds, failure } = await making
    assert.equal(failure, undefined)
    assert.deepEqual(
      fds.map((fd) => writeSync(fd, 'x')),
      [1, 1],
    )
    for (const fd of fds) closeSync(fd)
    assert.deepEqual((await readdir(folder)).sort(), ['a', 'b'])
  }))

test('tells which files it could make, and why no more', () =>
  withThread(async (thread, folder) => {
    const paths = ['a', 'b', 'a', 'c'].map((name) => join(folder, name))
    const { fds, failure } = await thread.makeFiles({ paths, flags, mode: 0o644 })
    assert.equal(fds.length, 2)
    assert.equal(failure?.code, 'EEXIST')
    for (const fd of fds) closeSync(fd)
    const next = await thread.makeFiles({ paths: [join(folder, 'c')], flags, mode: 0o644 })
    assert.equal(next.failure, undefined)
    for (const fd of next.fds) closeSync(fd)
  }))
