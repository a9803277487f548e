import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DomainError } from '../../model/domain-error.ts'
import { BodyReader } from './body-reader.ts'

const accept = (): void => undefined

const isCutOff = (error: unknown): boolean => error instanceof DomainError && error.code === 'NetworkProtocol'

test('gives all bytes in order, whether the reader is early or late', async () => {
  for (const delay of [0, 20]) {
    const request = new PassThrough()
    let left = 0
    const reader = new BodyReader(request, accept, () => left++)
    for (let index = 0; index < 10; index++) request.write(Buffer.alloc(1000, index))
    request.end()
    await sleep(delay)
    const bytes = Buffer.concat(await Array.fromAsync(reader))
    assert.deepEqual(
      bytes,
      Buffer.concat(Array.from({ length: 10 }, (_, index) => Buffer.alloc(1000, index))),
    )
    assert.equal(left, 1)
    assert.equal((await reader.next()).done, true)
  }
})

test('makes the sender wait for a slow reader', async () => {
  const request = new PassThrough({ highWaterMark: 1000 })
  const reader = new BodyReader(request, accept, accept)
  let sent = 0
  while (sent < 10_000_000 && request.write(Buffer.alloc(1000))) {
    sent += 1000
    await sleep(0)
  }
  assert.ok(sent < 300_000, `${sent} bytes were taken`)
  request.end()
  let received = 0
  for await (const chunk of reader) received += chunk.length
  assert.equal(received, sent + 1000)
})

test('a request that is cut off fails, also for one who asks later', async () => {
  for (const error of [undefined, new Error('reset')]) {
    const request = new PassThrough()
    const reader = new BodyReader(request, accept, accept)
    request.write('some')
    assert.equal(String((await reader.next()).value), 'some')
    const waiting = reader.next()
    request.destroy(error)
    await assert.rejects(waiting, isCutOff)
    await assert.rejects(reader.next(), isCutOff)
  }
})

test('stops at what the check does not allow', async () => {
  const request = new PassThrough()
  const reader = new BodyReader(
    request,
    (size) => {
      if (size > 10) throw new DomainError('RequestTooLarge')
    },
    accept,
  )
  request.write('0123456789')
  request.write('x')
  await assert.rejects(
    async () => {
      for await (const _ of reader);
    },
    (error) => error instanceof DomainError && error.code === 'RequestTooLarge',
  )
  assert.ok(request.isPaused())
})

test('who leaves early leaves the connection as it is', async () => {
  const request = new PassThrough()
  const reader = new BodyReader(request, accept, accept)
  request.write('a')
  for await (const _ of reader) break
  request.write('b')
  assert.equal(request.destroyed, false)
  assert.equal((await reader.next()).done, true)
  assert.equal(request.listenerCount('data'), 0)
})
