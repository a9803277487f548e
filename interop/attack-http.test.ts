import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange, get, getJson, post, request } from './support/http.ts'
import { sleep, watchMemory } from './support/processes.ts'
import { noise } from './support/random.ts'
import {
  type RunningServer,
  serverUnderTest,
  skipWithoutServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'
import { imageFile, seriesOf } from './support/synthetic.ts'

const folder = temporaryFolder('attack-http')
const skip = skipWithoutServer()
const pixels = noise(512 * 512 * 2, 1)
const options = { skip, timeout: 60_000 }
let server: RunningServer
let port = 0
let instance = ''

before(async () => {
  if (skip) return
  server = await startServer(serverUnderTest, { folder: folder.path })
  port = server.httpPort
  const [image] = seriesOf('target', 1, 64, 64)
  assert.ok(image)
  const answer = await post(port, '/instances', imageFile(image, pixels))
  instance = (JSON.parse(answer.body.toString()) as { ID: string }).ID
})

after(async () => {
  if (!skip) {
    const isAlive = server.isAlive()
    await server.kill()
    assert.equal(isAlive, true, `the server ended:\n${server.log().slice(-2000)}`)
  }
  folder.remove()
})

const statusOf = (answer: Buffer) =>
  Number(/^HTTP\/1\.1 (\d{3})/.exec(answer.toString('latin1', 0, 20))?.[1] ?? 0)
const isHeadComplete = (received: Buffer) => received.includes('\r\n\r\n')
const raw = async (text: string) => statusOf(await exchange(port, [text], { until: isHeadComplete }))

/** The server is to be as before after whatever a test did. */
const assertServing = async () => assert.equal((await get(port, '/system')).status, 200)

const oneOf = (status: number, ...allowed: readonly number[]) =>
  assert.equal(allowed.includes(status), true, `status ${status} instead of ${allowed.join(', ')}`)

test('a length beyond all bounds is refused before any body comes', options, async () => {
  for (const length of ['1000000000000000', '99999999999999999999999999']) {
    oneOf(
      await raw(`POST /instances HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`),
      400,
      413,
    )
  }
  await assertServing()
})

test('lengths that are none are refused', options, async () => {
  for (const header of [
    'Content-Length: -1',
    'Content-Length: 0x10',
    'Content-Length: 5\r\nContent-Length: 6',
    'Content-Length: 4\r\nTransfer-Encoding: chunked',
  ]) {
    oneOf(await raw(`POST /instances HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\nabcd`), 400)
  }
  oneOf(await raw('POST /instances HTTP/1.1\r\nHost: localhost\r\n\r\n'), 411, 400)
  oneOf(
    await raw(
      'POST /instances HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n',
    ),
    400,
    413,
  )
  await assertServing()
})

test('heads that are none are refused', options, async () => {
  oneOf(await raw(`GET /system HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(200_000)}\r\n\r\n`), 400, 431)
  oneOf(await raw(`GET /${'a'.repeat(200_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`), 400, 414, 431)
  oneOf(await raw('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'), 400, 0)
  oneOf(await raw('FROB /system HTTP/1.1\r\nHost: localhost\r\n\r\n'), 400, 405)
  oneOf(await raw(`GET /system HTTP/1.1\r\n${'A: b\r\n'.repeat(10_000)}\r\n`), 400, 431, 200)
  await assertServing()
})

test('a request in single bytes and an upload that stops half way hold nobody up', options, async () => {
  const slow = async function* () {
    for (const byte of 'GET /system HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n') {
      yield byte
      await sleep(5)
    }
  }
  const slowly = exchange(port, slow(), { until: isHeadComplete })
  const halves = Array.from({ length: 50 }, () =>
    exchange(port, ['POST /instances HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc'], {
      timeoutMs: 1000,
    }),
  )
  await assertServing()
  assert.equal(statusOf(await slowly), 200)
  await Promise.all(halves)
  await assertServing()
})

test('500 idle connections leave room for one that asks', options, async () => {
  const idle = Array.from({ length: 500 }, () => exchange(port, ['GET /sys'], { timeoutMs: 1500 }))
  await sleep(200)
  assert.equal((await get(port, '/system', { timeoutMs: 2000 })).status, 200)
  await Promise.all(idle)
})

test('no header comes in through the name of a download', options, async () => {
  for (const path of [`/instances/${instance}/file`, `/instances/${instance}/attachments/dicom/data`]) {
    for (const name of [
      'a%0d%0aSet-Cookie:%20x=1',
      'a%22;x=%22%0aX-Evil:1',
      'a%00b',
      '..%2f..%2fetc%2fpasswd',
      '%e2%80%aegpj.exe',
    ]) {
      const answer = await get(port, `${path}?filename=${name}`)
      oneOf(answer.status, 200, 400)
      assert.equal(answer.headers['set-cookie'], undefined)
      assert.equal(answer.headers['x-evil'], undefined)
    }
  }
})

test('ranges: storms, nonsense and ends outside', options, async () => {
  const data = `/instances/${instance}/attachments/dicom/data`
  const size = (await get(port, data)).body.length
  const memory = watchMemory(server.pid)
  const rangeStatus = async (range: string) => (await get(port, data, { headers: { range } })).status
  oneOf(
    await rangeStatus(`bytes=${Array.from({ length: 1300 }, (_, index) => `${index}-`).join(',')}`),
    200,
    206,
    400,
    416,
    431,
  )
  for (const range of [
    'bytes=5-1',
    `bytes=${size}-`,
    'bytes=99999999999999999999-',
    'bytes=-0',
    'bytes=x',
    'bytes=1e3-2e3',
    'lines=1-2',
  ]) {
    oneOf(await rangeStatus(range), 416, 400, 200)
  }
  const part = await get(port, data, { headers: { range: 'bytes=128-131' } })
  assert.equal(part.status, 206)
  assert.equal(part.body.toString(), 'DICM')
  await Promise.all(Array.from({ length: 300 }, () => rangeStatus('bytes=0-0')))
  assert.equal(memory.stop() < 400e6, true)
})

test('a foreign Host (DNS rebinding) is refused', {
  ...options,
  skip: skip || (serverUnderTest === 'orthanc' && 'Orthanc does not'),
}, async () => {
  for (const host of [
    'evil.example',
    '169.254.169.254',
    'localhost.evil.example',
    `evil.example:${port}`,
    '127.0.0.1.evil.example',
  ]) {
    oneOf((await get(port, '/system', { headers: { host } })).status, 400, 403, 421)
  }
  for (const host of ['localhost', `127.0.0.1:${port}`, `localhost:${port}`]) {
    assert.equal((await get(port, '/system', { headers: { host } })).status, 200)
  }
})

test('a foreign Origin changes nothing (CSRF)', {
  ...options,
  skip: skip || (serverUnderTest === 'orthanc' && 'Orthanc does not'),
}, async () => {
  for (const origin of ['https://evil.example', 'null', `http://localhost.evil.example:${port}`, 'file://']) {
    oneOf((await request(port, 'DELETE', `/instances/${instance}`, { headers: { origin } })).status, 400, 403)
    oneOf(
      (await post(port, '/instances', 'x', { headers: { origin, 'content-type': 'text/plain' } })).status,
      400,
      403,
    )
    oneOf(
      (await get(port, `/instances/${instance}?_method=DELETE`, { headers: { origin } })).status,
      400,
      403,
      404,
      405,
    )
    oneOf(
      (
        await post(port, `/instances/${instance}`, '', {
          headers: { origin, 'x-http-method-override': 'DELETE' },
        })
      ).status,
      400,
      403,
      404,
      405,
    )
  }
  assert.equal((await get(port, `/instances/${instance}`)).status, 200)
  const allowed = (await get(port, '/system', { headers: { origin: 'https://evil.example' } })).headers[
    'access-control-allow-origin'
  ]
  assert.equal(allowed, undefined)
})

test('names of JavaScript objects are names like any other', options, async () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'constructor/prototype']) {
    for (const root of [
      '',
      '/instances',
      '/patients',
      '/tools',
      `/instances/${instance}`,
      `/instances/${instance}/metadata`,
      `/instances/${instance}/attachments`,
    ]) {
      oneOf((await get(port, `${root}/${name}`)).status, 404, 400)
    }
  }
  const query = '__proto__=x&constructor=y&__proto__[polluted]=1&expand=false&since=0&limit=1'
  assert.equal((await get(port, `/instances?${query}`)).status, 200)
  for (const path of ['/tools/find', '/tools/lookup', '/instances']) {
    const body = '{"__proto__":{"Level":"Study","Expand":true},"constructor":{"prototype":{"isAdmin":true}}}'
    oneOf(
      (await post(port, path, body, { headers: { 'content-type': 'application/json' } })).status,
      200,
      400,
      404,
      405,
    )
  }
  const system = await getJson<Record<string, unknown>>(port, '/system')
  assert.equal('polluted' in system || 'isAdmin' in system, false)
})

test('encoded dots and slashes leave the tree of the API for nothing', options, async () => {
  const paths = [
    '/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/app/%2e%2e/%2e%2e/package.json',
    '/app/..%5c..%5cpackage.json',
    '/app/../../../../etc/passwd',
    '/app/%252e%252e/package.json',
    '/instances/%2e%2e/%2e%2e/etc/passwd',
    `/instances/${instance}/attachments/..%2f..%2findex`,
    '/%c0%ae%c0%ae/etc/passwd',
    '/%00',
    '/%',
    '/%zz',
    '/instances/%ff%fe',
  ]
  for (const path of paths) {
    const answer = await get(port, path)
    oneOf(answer.status, 400, 404)
    assert.doesNotMatch(answer.body.toString(), /root:|"workspaces"|"dependencies"/)
  }
})

test('a path below /content that is no tag', options, async () => {
  for (const path of [
    '..%2f..%2f..',
    '__proto__',
    '0010-0010/99999999999999999999/0010-0010',
    '0010-0010/-1',
    '0010-0010/__proto__',
  ]) {
    const answer = await get(port, `/instances/${instance}/content/${path}`)
    const isUnknownTag = answer.status === 500 && answer.body.includes('"OrthancStatus" : 27')
    assert.equal(
      isUnknownTag || answer.status === 404 || answer.status === 400,
      true,
      `${path}: ${answer.status}`,
    )
  }
})

test('resource ids that are none', options, async () => {
  for (const id of [
    "' OR 1=1 --",
    '%',
    '*',
    '_',
    `${instance}'`,
    instance.toUpperCase(),
    `${instance}%00`,
    'a'.repeat(5000),
    '0',
    '-1',
  ]) {
    for (const route of ['', '/file', '/tags', '/metadata', '/attachments/dicom/data']) {
      oneOf((await get(port, `/instances/${encodeURIComponent(id)}${route}`)).status, 400, 404, 414)
    }
    oneOf((await request(port, 'DELETE', `/patients/${encodeURIComponent(id)}`)).status, 400, 404, 414)
  }
  assert.equal((await get(port, `/instances/${instance}`)).status, 200)
})

test('paging arguments that are none', options, async () => {
  for (const query of [
    'since=-1&limit=1',
    'since=0&limit=99999999999999999999',
    'since=NaN&limit=1',
    'since=1e400&limit=1',
    'since=0&limit=-1',
    'since=&limit=',
    'since[]=1&limit[]=2',
  ]) {
    oneOf((await get(port, `/instances?${query}`)).status, 200, 400)
    oneOf((await get(port, `/changes?${query}`)).status, 200, 400)
  }
})
