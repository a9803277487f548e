import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { pump } from './pump.ts'

interface Outcome {
  readonly status: number | undefined
  readonly received: number
  /** Whether as many bytes came as were announced. */
  readonly complete: boolean
}

/** Sends what `source` gives, announced as `length` bytes, to a client that reads `read`'s way. */
async function send(
  source: AsyncIterable<Uint8Array>,
  length: number,
  read: (answer: IncomingMessage) => void = (answer) => answer.resume(),
  release: (chunk: Uint8Array) => void = () => undefined,
): Promise<Outcome> {
  const server = createServer((_request, response) => {
    const begin = (): void => void response.writeHead(200, { 'Content-Length': length })
    pump(response, { source, length, timeout: 5, begin, release }).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await new Promise<Outcome>((resolve) => {
      get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }, (answer) => {
        let received = 0
        answer.on('data', (chunk: Uint8Array) => {
          received += chunk.length
        })
        answer.on('error', () => undefined)
        answer.on('close', () => resolve({ status: answer.statusCode, received, complete: answer.complete }))
        read(answer)
      })
    })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** Chunks of 100,000 bytes; counts what was asked for and whether the source was closed. */
function source(chunks: number, fail = false) {
  const seen = { asked: 0, closed: false }
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (; seen.asked < chunks; seen.asked++) yield Buffer.alloc(100_000)
      if (fail) throw new Error('disk')
    } finally {
      seen.closed = true
    }
  }
  return { seen, bytes: read() }
}

test('everything arrives, and the source is closed', async () => {
  const { seen, bytes } = source(50)
  assert.deepEqual(await send(bytes, 5_000_000), { status: 200, received: 5_000_000, complete: true })
  assert.ok(seen.closed)
  assert.deepEqual(await send(source(0).bytes, 0), { status: 200, received: 0, complete: true })
})

test('a failure before the first byte can be told, a later one cuts', async () => {
  assert.equal((await send(source(0, true).bytes, 10)).status, 500)
  assert.equal((await send(source(5, true).bytes, 1_000_000)).complete, false)
})

test('a stream of another length than announced never looks complete', async () => {
  assert.equal((await send(source(5).bytes, 600_000)).complete, false)
  assert.equal((await send(source(5).bytes, 450_000)).complete, false)
})

test('no more is read than the client takes, and nothing once it is gone', async () => {
  const { seen, bytes } = source(10_000)
  await send(bytes, 1_000_000_000, (answer) => {
    answer.pause()
    setTimeout(() => answer.destroy(), 200)
  })
  assert.ok(seen.asked < 200, `${seen.asked} chunks`)
  for (let turns = 0; !seen.closed && turns < 100; turns++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  assert.ok(seen.closed)
})

test('chunks are released when the system has them, never while they wait', async () => {
  const chunks = 40
  const size = 500_000
  const free: Uint8Array[] = []
  const seen = { made: 0, released: 0 }
  async function* read(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < chunks; index++) {
      const chunk = free.pop() ?? new Uint8Array(size)
      if (chunk[0] === 0) seen.made++
      yield chunk.fill(index + 1)
    }
  }
  const digest = createHash('md5')
  const outcome = await send(
    read(),
    chunks * size,
    (answer) => {
      answer.on('data', (bytes: Uint8Array) => digest.update(bytes))
      answer.pause()
      setTimeout(() => answer.resume(), 50)
    },
    (chunk) => {
      seen.released++
      // Whoever still reads from it would see this.
      free.push(chunk.fill(0xff))
    },
  )
  const expected = createHash('md5')
  for (let index = 0; index < chunks; index++) expected.update(new Uint8Array(size).fill(index + 1))
  assert.ok(outcome.complete)
  assert.equal(digest.digest('hex'), expected.digest('hex'))
  assert.equal(seen.released, chunks)
  assert.ok(seen.made < chunks, `${seen.made} chunks were made`)
})
