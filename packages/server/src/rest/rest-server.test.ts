import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import type { ChangePage } from '../model/change.ts'
import { makeZip } from './body/zip.fixture.ts'
import { makeFile } from './dicom.fixture.ts'
import { head, sendRaw } from './raw-client.fixture.ts'
import { startServer } from './server.fixture.ts'

const jsonType = 'application/json; charset=utf-8'

test('answers are as the contract has them: headers, errors, methods', async () => {
  await using server = await startServer()
  const answer = await fetch(`${server.url}/tools/now/`)
  assert.equal(answer.status, 200)
  assert.equal(await answer.text(), '20260102T030405')
  assert.equal(answer.headers.get('content-type'), 'text/plain')
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(answer.headers.get('connection'), 'keep-alive')
  assert.equal(answer.headers.get('keep-alive'), 'timeout=1')

  const unknown = await fetch(`${server.url}//nope/?a=b`)
  assert.equal(unknown.status, 404)
  assert.equal(unknown.headers.get('content-type'), 'text/plain')
  assert.equal(
    await unknown.text(),
    [
      '{',
      '   "HttpError" : "Not Found",',
      '   "HttpStatus" : 404,',
      '   "Message" : "Unknown resource",',
      '   "Method" : "GET",',
      '   "OrthancError" : "Unknown resource",',
      '   "OrthancStatus" : 17,',
      '   "Uri" : "/nope"',
      '}',
    ].join('\n'),
  )

  for (const [method, path, status, allow] of [
    ['PUT', '/system', 405, 'GET'],
    ['POST', '/changes', 405, 'GET,DELETE'],
    ['DELETE', '/instances', 405, 'GET,POST'],
    ['DELETE', '/tools', 405, 'GET'],
    ['HEAD', '/system', 404, null],
    ['OPTIONS', '/system', 404, null],
    ['HEAD', '/nope', 404, null],
    ['PATCH', '/system', 400, null],
    ['PROPFIND', '/system', 400, null],
    ['GET', '/system?_method=PUT', 405, 'GET'],
    ['GET', '/system?_method=FOO', 400, null],
  ] as const) {
    const { status: found, headers, text } = await ask(server.url + path, { method })
    assert.deepEqual([found, headers.get('allow'), text], [status, allow, ''], `${method} ${path}`)
  }
})

async function ask(url: string, init: RequestInit = {}) {
  const answer = await fetch(url, init)
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

async function post(
  url: string,
  body: Buffer<ArrayBuffer> | string | FormData,
  headers: Record<string, string> = {},
) {
  const { status, text } = await ask(`${url}/instances`, { method: 'POST', body, headers })
  return { status, value: text === '' ? undefined : JSON.parse(text) }
}

test('a URI without answer of its own lists what lies below', async () => {
  await using server = await startServer()
  const tools = server.server.routes
    .map(({ path }) => /^\/tools\/([^/]+)$/.exec(path)?.[1])
    .filter((name) => name !== undefined)
  assert.ok(tools.length > 20)
  assert.deepEqual(await (await fetch(`${server.url}/tools`)).json(), [...new Set(tools)].sort())
  assert.deepEqual(await (await fetch(server.url)).json(), [
    'changes',
    'events',
    'exports',
    'instances',
    'jobs',
    'modalities',
    'openapi.json',
    'patients',
    'plugins',
    'series',
    'statistics',
    'studies',
    'system',
    'tools',
    'webhooks',
  ])
})

test('/ leads to the user interface where there is one', async () => {
  await using server = await startServer({ userInterface: 'app/explorer.html' })
  const { status, headers } = await ask(server.url, { redirect: 'manual' })
  assert.deepEqual([status, headers.get('location')], [307, 'app/explorer.html'])
})

test('methods can be overridden', async () => {
  await using server = await startServer()
  await post(server.url, makeFile())
  await fetch(`${server.url}/changes?_method=DELETE`)
  assert.deepEqual(await (await fetch(`${server.url}/changes`)).json(), { Changes: [], Done: true, Last: 4 })
  await post(server.url, makeFile({ instance: '1.9' }))
  await fetch(`${server.url}/changes`, { method: 'POST', headers: { 'X-HTTP-Method-Override': 'DELETE' } })
  assert.deepEqual(await (await fetch(`${server.url}/changes`)).json(), { Changes: [], Done: true, Last: 5 })
})

test('XML for who asks for it', async () => {
  await using server = await startServer()
  for (const accept of ['application/xml', 'text/xml', 'application/xml, */*;q=0.1']) {
    const { headers, text } = await ask(`${server.url}/statistics`, { headers: { accept } })
    assert.equal(headers.get('content-type'), 'application/xml; charset=utf-8')
    assert.match(
      text,
      /^<\?xml version="1.0" encoding="utf-8"\?>\n<root>\n {2}<CountInstances>0<\/CountInstances>/,
    )
  }
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
  assert.equal(
    (await ask(`${server.url}/statistics`, { headers: { accept: browser } })).headers.get('content-type'),
    jsonType,
  )
})

test('answers are compressed if configured, from 2048 bytes on', async () => {
  await using server = await startServer({ compressAnswers: true })
  const get = async (path: string, coding: string) => {
    const answer = await sendRaw(server.port, head(`GET ${path}`, { 'Accept-Encoding': coding }))
    return {
      coding: /content-encoding: (\w+)/i.exec(answer.head)?.[1],
      body: Buffer.from(answer.body, 'latin1'),
    }
  }
  const gzip = await get('/openapi.json', 'deflate, gzip')
  assert.equal(gzip.coding, 'gzip')
  assert.equal(JSON.parse(gunzipSync(gzip.body).toString()).openapi, '3.1.0')
  const deflate = await get('/openapi.json', 'deflate, gzip;q=0')
  assert.equal(deflate.coding, 'deflate')
  assert.equal(JSON.parse(inflateSync(deflate.body).toString()).openapi, '3.1.0')
  assert.equal((await get('/openapi.json', 'br')).coding, undefined)
  assert.equal((await get('/statistics', 'gzip')).coding, undefined)
})

test('an upload says what it became, and what it was already', async () => {
  await using server = await startServer()
  const file = makeFile({ pixels: Buffer.alloc(200_000) })
  const first = await post(server.url, file)
  assert.equal(first.status, 200)
  assert.equal(first.value.Status, 'Success')
  assert.equal(first.value.Path, `/instances/${first.value.ID}`)
  assert.deepEqual(Object.keys(first.value), [
    'ID',
    'ParentPatient',
    'ParentSeries',
    'ParentStudy',
    'Path',
    'Status',
  ])
  const { value: again } = await post(server.url, file)
  assert.deepEqual(again, { ...first.value, Status: 'AlreadyStored' })
  const { value: packed } = await post(server.url, gzipSync(file), { 'Content-Encoding': 'gzip' })
  assert.deepEqual(packed, again)
  const { value: other } = await post(server.url, makeFile({ instance: '1.2.3.4' }), {
    'Content-Type': 'nonsense',
  })
  assert.equal(other.Status, 'Success')
  assert.equal(
    (await post(server.url, makeFile({ instance: '1.2.3.5' }), { 'Content-Type': '' })).value.Status,
    'Success',
  )
})

test('a DICOM file may begin like an archive', async () => {
  await using server = await startServer()
  const file = makeFile()
  file.write('PK\x03\x04')
  assert.equal((await post(server.url, file)).value.Status, 'Success')
})

test('what is no DICOM file is refused', async () => {
  await using server = await startServer()
  for (const body of ['', 'hello', '\0'.repeat(100_000), 'PK', 'PK\u0003\u0004 and no more']) {
    const { status, value } = await post(server.url, body)
    assert.deepEqual(
      [status, value.OrthancStatus, value.Message],
      [400, 15, 'Bad file format'],
      body.slice(0, 9),
    )
  }
  assert.equal((await post(server.url, '')).value.Details, 'Received an empty DICOM file')
  assert.equal((await post(server.url, 'x', { 'Content-Encoding': 'gzip' })).value.OrthancStatus, 15)
  assert.equal((await post(server.url, 'x', { 'Content-Encoding': 'br' })).status, 415)
  assert.deepEqual(await server.temporaryFiles(), [])
})

test('an archive brings its DICOM files, whatever else is in it', async () => {
  await using server = await startServer()
  const zip = makeZip([
    { name: 'DICOMDIR', content: makeFile({ instance: '1.1' }) },
    ...Array.from({ length: 20 }, (_, index) => ({
      name: `../${index}`,
      content: makeFile({ instance: `1.2.${index}` }),
    })),
    { name: 'readme.txt', content: Buffer.from('hello') },
    { name: 'same', content: makeFile({ instance: '1.2.0' }) },
  ])
  const { status, value } = await post(server.url, zip)
  assert.equal(status, 200)
  assert.equal(value.length, 21)
  assert.deepEqual(value.map(({ Status }: { Status: string }) => Status).toSorted(), [
    'AlreadyStored',
    ...Array.from({ length: 20 }, () => 'Success'),
  ])
  assert.deepEqual((await post(server.url, makeZip([]))).value, [])
  assert.deepEqual((await post(server.url, makeZip([{ name: 'a', content: Buffer.from('x') }]))).value, [])
  assert.deepEqual(await server.temporaryFiles(), [])
})

test('a form brings all its files, archives too, and answers with nothing', async () => {
  await using server = await startServer()
  const form = new FormData()
  form.append('note', 'not a file')
  form.append('files', new Blob([makeFile({ instance: '1.1' })]), 'a.dcm')
  form.append('files', new Blob([makeZip([{ name: 'b', content: makeFile({ instance: '1.2' }) }])]), 'b.zip')
  assert.deepEqual(await post(server.url, form), { status: 200, value: undefined })
  assert.equal(JSON.parse((await ask(`${server.url}/statistics`)).text).CountInstances, 2)
  const bad = new FormData()
  bad.append('files', new Blob(['hello']), 'a.dcm')
  assert.equal((await post(server.url, bad)).value.OrthancStatus, 15)
  const none = new FormData()
  none.append('note', 'not a file')
  assert.equal((await post(server.url, none)).value.OrthancStatus, 15)
})

test('an exception is told to the log, and to the client only its number', async () => {
  await using server = await startServer({
    ingest: {
      receive: () => {
        throw new Error('secret')
      },
    },
  })
  const { status, value } = await post(server.url, makeFile())
  assert.deepEqual([status, value.OrthancStatus, value.Message], [500, -1, 'Internal error'])
  assert.doesNotMatch(JSON.stringify(value), /secret/)
  const { logId, err } = (server.log[0]?.fields ?? {}) as { logId?: string; err?: Error }
  assert.equal(value.Details, `See log entry ${logId}`)
  assert.equal(err?.message, 'secret')
})

test('errors have no body if they shall not be described', async () => {
  await using server = await startServer({ describeErrors: false })
  const { status, text } = await ask(`${server.url}/nope`)
  assert.deepEqual([status, text], [404, ''])
})

test('read-only and without patients, the routes in question do not exist', async () => {
  await using server = await startServer({ system: { readOnly: true, patientLevelEnabled: false } })
  assert.equal((await ask(`${server.url}/instances`, { method: 'POST', body: 'x' })).status, 405)
  assert.equal((await ask(`${server.url}/changes`, { method: 'DELETE' })).headers.get('allow'), 'GET')
  for (const path of ['metadata/mine', 'attachments/doc']) {
    const answer = await ask(`${server.url}/studies/x/${path}`, { method: 'PUT', body: 'x' })
    assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET'], path)
  }
  for (const path of ['unknown-sop-class-accepted', 'accepted-transfer-syntaxes']) {
    assert.equal((await ask(`${server.url}/tools/${path}`, { method: 'PUT', body: '1' })).status, 405, path)
  }
  assert.equal((await ask(`${server.url}/patients`)).status, 404)
  assert.equal((await ask(`${server.url}/studies/x/patient`)).status, 404)
})

test('a server that is read-only allows what changes the process alone, but to no foreign origin', async () => {
  const wishes: string[] = []
  const control = (wish: string): void => void wishes.push(wish)
  await using server = await startServer({ control, system: { readOnly: true } })
  const requests = [
    ['PUT', 'log-level', 'verbose'],
    ['PUT', 'log-level-http', 'verbose'],
    ['PUT', 'default-encoding', 'Utf8'],
    ['POST', 'invalidate-tags', ''],
    ['POST', 'reset', ''],
    ['POST', 'shutdown', ''],
  ] as const
  for (const [method, name, body] of requests) {
    const request = (headers: Record<string, string>) =>
      ask(`${server.url}/tools/${name}`, { method, body, headers })
    assert.equal((await request({ origin: 'https://elsewhere.example' })).status, 403, name)
    assert.equal((await request({})).status, 200, name)
  }
  assert.deepEqual(wishes, ['reset', 'shutdown'])
})

test('a taken port is said to be taken', async () => {
  await using server = await startServer()
  await assert.rejects(startServer({ port: server.port }), { code: 'HttpPortInUse' })
})

test('closing waits for the answer under way', async () => {
  const asked = Promise.withResolvers<void>()
  const page = Promise.withResolvers<ChangePage>()
  await using server = await startServer({
    changes: {
      read: () => {
        asked.resolve()
        return page.promise
      },
      readLast: () => Promise.reject(new Error('not asked for')),
      happenings: () => Promise.reject(new Error('not asked for')),
      clear: () => Promise.resolve(),
      onNudge: () => () => true,
    },
  })
  const answer = fetch(`${server.url}/changes`)
  await asked.promise
  const closed = server.server.close()
  page.resolve({ changes: [], done: true, last: 0 })
  assert.equal((await answer).status, 200)
  await closed
  await assert.rejects(fetch(`${server.url}/changes`))
})
