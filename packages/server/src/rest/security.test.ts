import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { makeZip } from './body/zip.fixture.ts'
import { makeFile } from './dicom.fixture.ts'
import { type HttpLimits, httpLimits } from './http-limits.ts'
import { head, open, sendRaw } from './raw-client.fixture.ts'
import { startServer, type TestServer } from './server.fixture.ts'

const limited = (some: Partial<HttpLimits>): HttpLimits => ({ ...httpLimits, ...some })

const errorOf = (body: string): number => JSON.parse(body).OrthancStatus

async function countInstances(server: TestServer): Promise<number> {
  return JSON.parse((await sendRaw(server.port, head('GET /statistics'))).body).CountInstances
}

test('every route is behind the gate, and what is no route too', async () => {
  await using server = await startServer({
    authenticationEnabled: true,
    registeredUsers: { alice: 'secret' },
  })
  const credentials = { Authorization: `Basic ${Buffer.from('alice:secret').toString('base64')}` }
  const wrong = { Authorization: `Basic ${Buffer.from('alice:wrong').toString('base64')}` }
  assert.ok(server.server.routes.length > 60)
  const lines = server.server.routes.map(
    ({ method, path }) => `${method} ${path.replaceAll(/\{.\w*\}/g, 'x')}`,
  )
  for (const line of [
    ...lines,
    'GET /',
    'GET /tools',
    'GET /nope',
    'GET /%zz',
    `GET /${'x'.repeat(999)}`,
    'HEAD /system',
    'PATCH /x',
  ]) {
    for (const headers of [{}, wrong]) {
      const answer = await sendRaw(server.port, head(line, { 'Content-Length': '0', ...headers }))
      assert.deepEqual([answer.status, answer.body], [401, ''], line)
      assert.match(answer.head, /www-authenticate: Basic realm="Orthanc Secure Area"/i)
    }
    const allowed = await sendRaw(server.port, head(line, { 'Content-Length': '0', ...credentials }))
    assert.notEqual(allowed.status, 401, line)
  }
})

test('a user is remembered with what he sent', async () => {
  await using server = await startServer({
    authenticationEnabled: true,
    registeredUsers: { alice: 'secret' },
  })
  const authorization = `Basic ${Buffer.from('alice:secret').toString('base64')}`
  const body = makeFile()
  const sent = await fetch(`${server.url}/instances`, { method: 'POST', body, headers: { authorization } })
  const { Path } = (await sent.json()) as { Path: string }
  const metadata = await fetch(`${server.url}${Path}/metadata?expand`, { headers: { authorization } })
  const { HttpUsername, RemoteIP, Origin } = (await metadata.json()) as Record<string, string>
  assert.deepEqual(
    { HttpUsername, RemoteIP, Origin },
    { HttpUsername: 'alice', RemoteIP: '127.0.0.1', Origin: 'RestApi' },
  )
})

test('DNS rebinding: a host that is not ours', async () => {
  await using server = await startServer()
  for (const host of ['evil.example', `evil.example:${server.port}`, '127.0.0.1.nip.io']) {
    const answer = await sendRaw(server.port, head('GET /patients', { Host: host }))
    assert.deepEqual([answer.status, errorOf(answer.body)], [403, 45])
  }
  for (const host of ['localhost', `127.0.0.1:${server.port}`, '[::1]']) {
    assert.equal((await sendRaw(server.port, head('GET /patients', { Host: host }))).status, 200)
  }
})

test('cross-site requests change nothing, in whatever disguise', async () => {
  await using server = await startServer()
  await sendRaw(
    server.port,
    Buffer.concat([
      Buffer.from(head('POST /instances', { 'Content-Length': String(makeFile().length) })),
      makeFile(),
    ]),
  )
  const evil = { Origin: 'http://evil.example' }
  const image = { 'Sec-Fetch-Site': 'cross-site' }
  for (const [line, headers] of [
    ['DELETE /changes', evil],
    ['DELETE /changes', { Origin: 'null' }],
    ['GET /changes?_method=DELETE', evil],
    ['GET /changes?_method=DELETE', image],
    ['GET /changes?_method=delete&x', image],
    ['POST /changes', { ...evil, 'X-HTTP-Method-Override': 'DELETE', 'Content-Length': '0' }],
    ['POST /instances', { ...evil, 'Content-Length': '0' }],
  ] as const) {
    assert.equal((await sendRaw(server.port, head(line, headers))).status, 403, line)
  }
  const { Changes } = JSON.parse((await sendRaw(server.port, head('GET /changes', evil))).body)
  assert.equal(Changes.length, 4)
})

test('a length that is a lie', async () => {
  await using server = await startServer({ maximumRequestBodySize: 1_000_000 })
  for (const length of ['1000000000000000', '1000001', '9007199254740993']) {
    const answer = await sendRaw(server.port, head('POST /instances', { 'Content-Length': length }))
    assert.equal(answer.status, 413, length)
  }
  for (const length of ['-1', '1e15', '0x10', '99999999999999999999999', '1, 2']) {
    assert.equal(
      (await sendRaw(server.port, head('POST /instances', { 'Content-Length': length }))).status,
      400,
      length,
    )
  }
  for (const line of ['POST /instances', 'PUT /patients/x/protected']) {
    assert.equal((await sendRaw(server.port, head(line))).status, 411, line)
  }
  const both = head('POST /instances', { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' })
  assert.equal((await sendRaw(server.port, `${both}0\r\n\r\nGET /x`)).status, 400)
})

test('a body without announced length is counted', async () => {
  await using server = await startServer({ maximumRequestBodySize: 100_000 })
  const file = makeFile({ pixels: Buffer.alloc(100_000) })
  const request = head('POST /instances', { 'Transfer-Encoding': 'chunked' })
  const chunk = `${file.length.toString(16)}\r\n`
  const answer = await sendRaw(
    server.port,
    Buffer.concat([Buffer.from(request + chunk), file, Buffer.from('\r\n0\r\n\r\n')]),
  )
  assert.equal(answer.status, 413)
  assert.equal(await countInstances(server), 0)
})

test('a refused body is not read for ever', async () => {
  await using server = await startServer({ limits: limited({ discardedBytes: 1_000_000 }) })
  const socket = await open(server.port)
  let received = ''
  socket.on('data', (chunk) => {
    received += String(chunk)
  })
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.write(head('POST /system', { 'Content-Length': '100000000' }))
  const timer = setInterval(() => socket.write(Buffer.alloc(100_000)), 1)
  await closed
  clearInterval(timer)
  assert.match(received, /^HTTP\/1.1 405 /)
  assert.ok(socket.bytesWritten < 50_000_000)
})

test('an answer comes through although the upload is refused in its middle', async () => {
  await using server = await startServer()
  const body = Buffer.concat([Buffer.from('no DICOM'), Buffer.alloc(5_000_000, 1)])
  const request = Buffer.from(head('POST /instances', { 'Content-Length': String(body.length) }))
  const answer = await sendRaw(server.port, Buffer.concat([request, body]))
  assert.deepEqual([answer.status, errorOf(answer.body)], [400, 15])
})

test('a connection goes on after an upload that was refused in its middle', async () => {
  await using server = await startServer()
  const socket = await open(server.port)
  let received = ''
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  socket.on('data', (chunk) => {
    received += String(chunk)
    if (received.includes('"OrthancStatus" : 15')) first.resolve()
    if (received.includes('"CountInstances" : 0')) second.resolve()
  })
  const keep = { Connection: 'keep-alive' }
  socket.write(head('POST /instances', { ...keep, 'Content-Length': '5000000' }))
  socket.write(Buffer.alloc(200_000, 1))
  await first.promise
  socket.write(Buffer.alloc(4_800_000, 1))
  socket.write(head('GET /statistics', keep))
  await second.promise
  socket.destroy()
})

test('who asks before sending is told not to, or to go on', async () => {
  await using server = await startServer({ maximumRequestBodySize: 1000 })
  const expecting = { Expect: '100-continue', 'Content-Length': '2000' }
  const refused = await sendRaw(server.port, head('POST /instances', expecting))
  assert.equal(refused.status, 413)
  const welcome = await sendRaw(
    server.port,
    `${head('POST /instances', { ...expecting, 'Content-Length': '5' })}hello`,
  )
  assert.equal(welcome.status, 100)
  assert.match(welcome.body, /^HTTP\/1.1 400 /)
})

test('gzip bombs end at the limit', async () => {
  await using server = await startServer({ maximumInflatedBytes: 1_000_000 })
  const bomb = gzipSync(makeFile({ pixels: Buffer.alloc(50_000_000) }))
  const request = head('POST /instances', {
    'Content-Encoding': 'gzip',
    'Content-Length': String(bomb.length),
  })
  assert.equal((await sendRaw(server.port, Buffer.concat([Buffer.from(request), bomb]))).status, 413)
  assert.equal(await countInstances(server), 0)
})

test('ZIP bombs end at the limits, and leave nothing', async () => {
  await using server = await startServer({
    maximumInflatedBytes: 1_000_000,
    limits: limited({ zipEntries: 100, zipFreeBytes: 3_000_000, zipRatio: 2 }),
  })
  const big = (index: number, size: number) => ({
    name: String(index),
    content: makeFile({ instance: `1.${index}`, pixels: Buffer.alloc(size) }),
  })
  const archives = {
    'one large file': makeZip([big(1, 2_000_000)]),
    'many files': makeZip(Array.from({ length: 8 }, (_, index) => big(index, 900_000))),
    'too many entries': makeZip(
      Array.from({ length: 101 }, () => ({ name: 'x', content: Buffer.from('x') })),
    ),
    overlapping: makeZip([
      big(1, 500_000),
      ...Array.from({ length: 20 }, () => ({ ...big(1, 500_000), sameAs: 0 })),
    ]),
  }
  for (const [name, zip] of Object.entries(archives)) {
    const request = Buffer.from(head('POST /instances', { 'Content-Length': String(zip.length) }))
    const { status } = await sendRaw(server.port, Buffer.concat([request, zip]))
    assert.equal(status, name === 'overlapping' ? 400 : 413, name)
  }
  assert.deepEqual(await server.temporaryFiles(), [])
})

test('slow clients are given up', async () => {
  await using server = await startServer({ requestTimeout: 1, limits: limited({ graceSeconds: 1 }) })
  const started = head('POST /instances', { 'Content-Length': '100000' })
  const silent = await sendRaw(server.port, `${started}${'x'.repeat(3)}`, 20_000)
  assert.equal(silent.status, 0)
  const unfinished = await sendRaw(server.port, 'GET /system HTTP/1.1\r\nHost: localhost\r\nX-', 20_000)
  assert.equal(unfinished.status, 408)

  const socket = await open(server.port)
  socket.on('error', () => undefined)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.write(started)
  const file = makeFile({ pixels: Buffer.alloc(99_000) })
  let at = 0
  const timer = setInterval(() => socket.write(file.subarray(at, ++at)), 50)
  await new Promise((resolve) => socket.on('close', resolve))
  clearInterval(timer)
  assert.match(String(Buffer.concat(chunks)), /^HTTP\/1.1 500 [\s\S]*The request body comes too slowly/)
  assert.equal(await countInstances(server), 0)
})

test('a client that goes away in the middle leaves nothing', async () => {
  await using server = await startServer()
  const file = makeFile({ pixels: Buffer.alloc(1_000_000) })
  for (const wrap of [file, makeZip([{ name: 'a', content: file, stored: true }])]) {
    const socket = await open(server.port)
    socket.write(head('POST /instances', { 'Content-Length': String(wrap.length) }))
    await new Promise((resolve) => socket.write(wrap.subarray(0, 600_000), resolve))
    socket.destroy()
  }
  assert.equal((await sendRaw(server.port, head('GET /system'))).status, 200)
  assert.equal(await countInstances(server), 0)
  assert.deepEqual(server.log, [])
})

test('%2e%2e and other ways up lead nowhere', async () => {
  await using server = await startServer()
  for (const path of [
    '/%2e%2e/system',
    '/tools/../system',
    '/tools/%2e%2e/system',
    '/instances/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/instances/..%2f..%2f..%2fetc%2fpasswd/file',
    '/instances/%00/file',
    '/%zz',
    '/%c0%ae%c0%ae/system',
    `/instances/${'x'.repeat(300)}`,
    `/${'x'.repeat(5000)}`,
  ]) {
    const { status, body } = await sendRaw(server.port, head(`GET ${path}`))
    assert.equal(status, 404, path)
    if (body !== '') assert.equal(errorOf(body), 17, path)
  }
  assert.equal((await sendRaw(server.port, head('GET http://evil.example/system'))).status, 404)
  assert.equal((await sendRaw(server.port, head(`GET /${'x'.repeat(20_000)}`))).status, 431)
})

test('names that mean something to JavaScript are names', async () => {
  await using server = await startServer()
  const sent = await fetch(`${server.url}/instances`, {
    method: 'POST',
    body: makeFile(),
  })
  const { Path } = (await sent.json()) as { Path: string }
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    for (const path of [`/instances/${name}`, `/${name}`, `${Path}/${name}`]) {
      assert.equal((await sendRaw(server.port, head(`GET ${path}`))).status, 404, path)
    }
    for (const path of [`${Path}/metadata/${name}`, `${Path}/attachments/${name}`]) {
      assert.equal(errorOf((await sendRaw(server.port, head(`GET ${path}`))).body), 7, path)
    }
    const content = await sendRaw(server.port, head(`GET ${Path}/content/${name}`))
    assert.deepEqual([content.status, errorOf(content.body)], [500, 27])
    assert.equal((await sendRaw(server.port, head(`GET /changes?${name}=1&type=${name}`))).status, 400)
    assert.equal(
      (await sendRaw(server.port, head(`GET /instances?${name}=1&__proto__[expand]=1`))).body.trim()[0],
      '[',
    )
  }
})

test('a filename cannot add a header', async () => {
  await using server = await startServer()
  const sent = await fetch(`${server.url}/instances`, {
    method: 'POST',
    body: makeFile(),
  })
  const { Path } = (await sent.json()) as { Path: string }
  for (const path of [`${Path}/file`, `${Path}/attachments/dicom/data`]) {
    const answer = await sendRaw(
      server.port,
      head(`GET ${path}?filename=a%22%0d%0aSet-Cookie:%20x=1%0d%0a%0d%0a%e2%80%ae`),
    )
    assert.equal(answer.status, 200)
    assert.match(answer.head, /^content-disposition: filename="aSet-Cookie: x=1_"\r$/im)
    assert.doesNotMatch(answer.head, /^set-cookie/im)
  }
})

test('storms of ranges are refused', async () => {
  await using server = await startServer()
  const sent = await fetch(`${server.url}/instances`, {
    method: 'POST',
    body: makeFile(),
  })
  const { Path } = (await sent.json()) as { Path: string }
  const storm = `bytes=${Array.from({ length: 1000 }, () => '0-').join(',')}`
  const answer = await sendRaw(server.port, head(`GET ${Path}/attachments/dicom/data`, { Range: storm }))
  assert.deepEqual([answer.status, errorOf(answer.body)], [416, 41])
})
