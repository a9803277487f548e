import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError } from '../../model/domain-error.ts'
import { type HttpLimits, httpLimits } from '../http-limits.ts'
import { isMultipart, readFormFiles } from './multipart.ts'
import { collect, pieces } from './streams.fixture.ts'

const headers = { 'content-type': 'multipart/form-data; boundary=xyz' }
const fails = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code

const part = (disposition: string, content: string): string =>
  `--xyz\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`

const file = (content: string): string => part('name="f"; filename="../../a\\b"', content)

async function files(body: string, size = 1000, limits: HttpLimits = httpLimits): Promise<readonly string[]> {
  const found: string[] = []
  const source = pieces(Buffer.from(body), size)
  for await (const one of readFormFiles(source, headers, limits)) found.push((await collect(one)).toString())
  return found
}

test('a form is known by its type', () => {
  assert.ok(isMultipart(headers))
  assert.ok(isMultipart({ 'content-type': 'Multipart/Form-Data' }))
  assert.ok(!isMultipart({ 'content-type': 'multipart/related; boundary=xyz' }))
  assert.ok(!isMultipart({}))
})

test('files come in order, other fields do not, in pieces of any size', async () => {
  const big = 'z'.repeat(150_000)
  const body = `${file('one')}${part('name="x"', 'field')}${file('two\r\n--xy')}${file('')}${file(big)}--xyz--\r\n`
  for (const size of [64, 1000, 70_000, body.length]) {
    assert.deepEqual(await files(body, size), ['one', 'two\r\n--xy', '', big], String(size))
  }
})

test('files come one byte at a time', async () => {
  const body = `${file('one')}${part('name="x"', 'field')}${file('two\r\n--xy')}${file('')}--xyz--\r\n`
  for (const size of [1, 2, 3, 7]) assert.deepEqual(await files(body, size), ['one', 'two\r\n--xy', ''])
})

test('many small files in one piece come one by one', async () => {
  const body = `${Array.from({ length: 3000 }, (_, index) => file(String(index))).join('')}--xyz--`
  const found = await files(body, body.length)
  assert.equal(found.length, 3000)
  assert.equal(found[2999], '2999')
})

test('a form cut at any byte is refused', async () => {
  const body = `${file('one')}${file('two')}--xyz--`
  for (let length = 0; length < body.length; length++) {
    await assert.rejects(files(body.slice(0, length), 10), fails('BadRequest'), String(length))
  }
})

test('boundary tricks', async () => {
  const none = { 'content-type': 'multipart/form-data' }
  await assert.rejects(
    collectAll(readFormFiles(pieces(Buffer.from('x'), 1), none, httpLimits)),
    fails('BadRequest'),
  )
  assert.deepEqual(await files(`${part('name="a"; filename="b"\r\nContent-Type: x', 'inner')}--xyz--`), [
    'inner',
  ])
  const headersTooLong = part(`name="${'n'.repeat(100_000)}"; filename="b"`, 'x')
  assert.deepEqual(await files(`${headersTooLong}--xyz--`), [])
})

test('there is a limit to the number of parts', async () => {
  const body = `${Array.from({ length: 11 }, () => part('name="x"', 'y')).join('')}--xyz--`
  const limits = { ...httpLimits, multipartParts: 10 }
  await assert.rejects(files(body, 1000, limits), fails('RequestTooLarge'))
})

test('the errors of the source pass, and leaving early closes it', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(file('one'))
    throw new DomainError('Timeout')
  }
  await assert.rejects(collectAll(readFormFiles(broken(), headers, httpLimits)), fails('Timeout'))
  let closed = false
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.from(file('one'))
    } finally {
      closed = true
    }
  }
  for await (const one of readFormFiles(endless(), headers, httpLimits)) {
    await collect(one)
    break
  }
  assert.ok(closed)
})

async function collectAll(parts: AsyncIterable<AsyncIterable<Uint8Array>>): Promise<void> {
  for await (const one of parts) await collect(one)
}
