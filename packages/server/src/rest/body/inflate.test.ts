import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { DomainError } from '../../model/domain-error.ts'
import { gunzip } from './inflate.ts'
import { collect, pieces } from './streams.fixture.ts'

const fails = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code

test('inflates, one byte at a time too', async () => {
  const packed = gzipSync('hello world')
  assert.equal((await collect(gunzip(pieces(packed, 1), 0))).toString(), 'hello world')
  assert.equal((await collect(gunzip(pieces(packed, 100), 11))).toString(), 'hello world')
})

test('a bomb is stopped at the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  let size = 0
  await assert.rejects(async () => {
    for await (const chunk of gunzip(pieces(bomb, 1000), 100_000)) size += chunk.length
  }, fails('RequestTooLarge'))
  assert.ok(size <= 100_000)
})

test('what is cut, or no gzip, is a bad format', async () => {
  const packed = gzipSync('hello world')
  for (let length = 1; length < packed.length; length++) {
    await assert.rejects(collect(gunzip(pieces(packed.subarray(0, length), 7), 0)), fails('BadFileFormat'))
  }
  await assert.rejects(collect(gunzip(pieces(Buffer.from('no gzip'), 7), 0)), fails('BadFileFormat'))
})

test('the errors of the source pass', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield gzipSync('hello').subarray(0, 12)
    throw new DomainError('Timeout')
  }
  await assert.rejects(collect(gunzip(broken(), 0)), fails('Timeout'))
})
