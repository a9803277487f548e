import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { deflateSync, inflateSync } from 'node:zlib'
import { makeFile } from '../dicom.fixture.ts'
import { startServer, type TestServer } from '../server.fixture.ts'

let plain: TestServer
let compressing: TestServer
let checking: TestServer

before(async () => {
  plain = await startServer()
  compressing = await startServer({ system: { storageCompression: true } })
  checking = await startServer({ system: { checkRevisions: true } })
})
after(async () => {
  for (const server of [plain, compressing, checking]) await server[Symbol.asyncDispose]()
})

const pixels = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index >> 8) % 251))
const file = makeFile({ pixels })
const md5 = (bytes: Uint8Array | string) => hash('md5', bytes, 'hex')

type Body = Uint8Array<ArrayBuffer> | string

async function send(
  server: TestServer,
  method: string,
  path: string,
  body?: Body,
  headers: Record<string, string> = {},
) {
  const answer = await fetch(server.url + path, { method, headers, ...(body !== undefined && { body }) })
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, headers: answer.headers, bytes, text: bytes.toString() }
}

interface Uploaded {
  readonly Path: string
  readonly ParentSeries: string
  readonly ParentStudy: string
  readonly ParentPatient: string
}

async function upload(server: TestServer, content: Body = file): Promise<Uploaded> {
  return JSON.parse((await send(server, 'POST', '/instances', content)).text)
}

const pathsOf = (uploaded: Uploaded): readonly string[] => [
  `/patients/${uploaded.ParentPatient}`,
  `/studies/${uploaded.ParentStudy}`,
  `/series/${uploaded.ParentSeries}`,
  uploaded.Path,
]

/** Blobs that lie in the storage; empty files are places for those to come. */
async function countBlobs(server: TestServer): Promise<number> {
  const names = await readdir(server.folder, { recursive: true })
  const blobs = names.filter((name) => /^..\/..\/[0-9a-f-]{36}$/.test(name))
  const sizes = await Promise.all(blobs.map(async (name) => (await stat(join(server.folder, name))).size))
  return sizes.filter((size) => size > 0).length
}

const statistics = async (server: TestServer) => JSON.parse((await send(server, 'GET', '/statistics')).text)

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 500; turn++) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert.fail('it does not happen')
}

test('attachments at all four levels, with revisions, changes and statistics', async () => {
  const before = await statistics(plain)
  const uploaded = await upload(plain)
  for (const path of pathsOf(uploaded)) {
    const one = `${path}/attachments/doc`
    assert.equal((await send(plain, 'GET', `${one}/data`)).status, 404)
    const created = await send(plain, 'PUT', one, 'hello')
    assert.equal(created.text, '{}')
    assert.equal(created.headers.get('etag'), `"0-${md5('hello')}"`)
    const replaced = await send(plain, 'PUT', `${path}/attachments/1026`, 'hello, world')
    assert.equal(replaced.headers.get('etag'), `"1-${md5('hello, world')}"`)
    const data = await send(plain, 'GET', `${one}/data`)
    assert.equal(data.text, 'hello, world')
    assert.equal(data.headers.get('content-type'), 'application/pdf')
    assert.match(data.headers.get('content-disposition') ?? '', /^filename="[0-9a-f-]{36}"$/)
    assert.equal(data.headers.get('etag'), `"1-${md5('hello, world')}"`)
    const known = { 'if-none-match': data.headers.get('etag') ?? '' }
    assert.equal((await send(plain, 'GET', `${one}/data`, undefined, known)).status, 304)
    const range = await send(plain, 'GET', `${one}/data`, undefined, { range: 'bytes=7-9' })
    assert.deepEqual([range.status, range.text], [206, 'wor'])
    assert.equal(range.headers.get('content-range'), 'bytes 7-9/12')
    const names = JSON.parse((await send(plain, 'GET', `${path}/attachments?full`)).text)
    assert.deepEqual(names, path.startsWith('/instances') ? { dicom: 1, doc: 1026 } : { doc: 1026 })
    const list = JSON.parse((await send(plain, 'GET', `${path}?response-content=Attachments`)).text)
    assert.equal(list.Attachments.at(-1).ContentType, 1026)
  }
  const after = await statistics(plain)
  const grown = Number(after.TotalDiskSize) - Number(before.TotalDiskSize)
  assert.equal(grown, file.length + 4 * 'hello, world'.length)
  await eventually(async () => (await countBlobs(plain)) === 5)
  const changes = JSON.parse((await send(plain, 'GET', '/changes?type=UpdatedAttachment')).text)
  assert.equal(changes.Changes.length, 8)

  assert.equal((await send(plain, 'DELETE', `${uploaded.Path}/attachments/doc`)).status, 200)
  assert.equal((await send(plain, 'DELETE', `${uploaded.Path}/attachments/doc`)).status, 404)
  assert.equal((await send(plain, 'DELETE', `/patients/${uploaded.ParentPatient}`)).status, 200)
  assert.deepEqual(await statistics(plain), before)
  await eventually(async () => (await countBlobs(plain)) === 0)
})

test('what the server itself keeps is not to be replaced', async () => {
  const { Path } = await upload(plain)
  for (const name of ['dicom', '1', 'dicom-until-pixel-data', '70000']) {
    assert.equal((await send(plain, 'PUT', `${Path}/attachments/${name}`, 'x')).status, 403, name)
    assert.equal((await send(plain, 'DELETE', `${Path}/attachments/${name}`)).status, 403, name)
  }
  assert.equal((await send(plain, 'DELETE', `${Path}/attachments/dicom-as-json`)).status, 404)
  const unknown = await send(plain, 'PUT', `${Path}/attachments/nope`, 'x')
  assert.deepEqual([unknown.status, JSON.parse(unknown.text).OrthancStatus], [404, 7])
  const nowhere = await send(plain, 'PUT', `${Path.replace(/.$/, 'x')}/attachments/doc`, 'x')
  assert.deepEqual([nowhere.status, JSON.parse(nowhere.text).OrthancStatus], [404, 17])
})

test('a file is compressed and uncompressed in place', async () => {
  const { Path } = await upload(plain)
  const one = `${Path}/attachments/dicom`
  const original = await send(plain, 'GET', `${one}/compressed-data`)
  assert.deepEqual(original.bytes, file)
  assert.equal((await send(plain, 'POST', `${one}/compress`, '')).text, '{}')
  assert.equal((await send(plain, 'GET', `${one}/is-compressed`)).text, '1')
  const stored = await send(plain, 'GET', `${one}/compressed-data`)
  assert.equal(stored.bytes.readBigUInt64LE(), BigInt(file.length))
  assert.deepEqual(inflateSync(stored.bytes.subarray(8)), file)
  assert.equal(stored.headers.get('etag'), `"1-${md5(file)}"`)
  const info = JSON.parse((await send(plain, 'GET', `${one}/info`)).text)
  assert.equal(info.CompressedSize, stored.bytes.length)
  assert.equal(info.CompressedMD5, md5(stored.bytes))
  assert.equal(info.UncompressedMD5, md5(file))
  const totals = await statistics(plain)
  assert.equal(
    Number(totals.TotalUncompressedSize) - Number(totals.TotalDiskSize),
    file.length - stored.bytes.length,
  )
  await readEverything(plain, Path)
  assert.equal((await send(plain, 'POST', `${one}/verify-md5`, '')).status, 200)
  for (const _ of [1, 2]) assert.equal((await send(plain, 'POST', `${one}/uncompress`, '')).text, '{}')
  const again = await send(plain, 'GET', `${one}/compressed-data`)
  assert.deepEqual(again.bytes, file)
  assert.equal(again.headers.get('etag'), `"2-${md5(file)}"`)
  await readEverything(plain, Path)
})

async function readEverything(server: TestServer, path: string): Promise<void> {
  assert.deepEqual((await send(server, 'GET', `${path}/file`)).bytes, file)
  assert.equal(JSON.parse((await send(server, 'GET', path)).text).FileSize, file.length)
  const range = await send(server, 'GET', `${path}/attachments/dicom/data`, undefined, {
    range: `bytes=600000-600999`,
  })
  assert.deepEqual(range.bytes, file.subarray(600_000, 601_000))
  const pixelsBack = await send(server, 'GET', `${path}/content/7fe0-0010/0`)
  assert.deepEqual(pixelsBack.bytes, pixels)
  assert.equal(JSON.parse((await send(server, 'GET', `${path}/tags?short&whole`)).text)['0010,0020'], 'P1')
}

test('StorageCompression: new files are stored compressed, and read as they came', async () => {
  const { Path } = await upload(compressing)
  assert.equal((await send(compressing, 'GET', `${Path}/attachments/dicom/is-compressed`)).text, '1')
  await readEverything(compressing, Path)
  assert.equal(
    (
      await send(
        compressing,
        'POST',
        `/studies/${JSON.parse((await send(compressing, 'GET', `${Path}/study`)).text).ID}/reconstruct`,
        '{}',
      )
    ).status,
    200,
  )
  for (const content of ['', 'x'.repeat(100_000)]) {
    await send(compressing, 'PUT', `${Path}/attachments/doc`, content)
    assert.equal((await send(compressing, 'GET', `${Path}/attachments/doc/data`)).text, content)
    assert.equal((await send(compressing, 'POST', `${Path}/attachments/doc/verify-md5`, '')).status, 200)
  }
  await eventually(async () => (await countBlobs(compressing)) === 2)
})

test('a damaged compressed file is told from a whole one', async () => {
  const { Path } = await upload(compressing, makeFile({ instance: '1.2.3.9', pixels }))
  const uuid = JSON.parse((await send(compressing, 'GET', `${Path}/attachments/dicom/info`)).text).Uuid
  const place = join(compressing.folder, uuid.slice(0, 2), uuid.slice(2, 4), uuid)
  const stored = await readFile(place)
  await writeFile(place, Buffer.concat([stored.subarray(0, 8), deflateSync('too short')]))
  assert.equal((await send(compressing, 'POST', `${Path}/attachments/dicom/verify-md5`, '')).status, 400)
  await assert.rejects(send(compressing, 'GET', `${Path}/file`))
  await writeFile(place, Buffer.concat([stored.subarray(0, 8), Buffer.from('no zlib')]))
  const answer = await send(compressing, 'GET', `${Path}/file`)
  assert.deepEqual([answer.status, JSON.parse(answer.text).OrthancStatus], [500, 20])
})

test('metadata of users, with revisions', async () => {
  for (const path of pathsOf(await upload(plain))) {
    const one = `${path}/metadata/mine`
    assert.equal((await send(plain, 'GET', one)).status, 404)
    assert.equal((await send(plain, 'PUT', one, 'a\u00e9')).headers.get('etag'), `"0-${md5('a\u00e9')}"`)
    assert.equal(
      (await send(plain, 'PUT', `${path}/metadata/1024`, 'b')).headers.get('etag'),
      `"1-${md5('b')}"`,
    )
    const answer = await send(plain, 'GET', one)
    assert.deepEqual([answer.text, answer.headers.get('etag')], ['b', `"1-${md5('b')}"`])
    const names = JSON.parse((await send(plain, 'GET', `${path}/metadata`)).text)
    assert.ok(names.includes('mine'))
    const wrong = { 'if-match': `"0-${md5('b')}"` }
    const conflict = await send(plain, 'PUT', one, 'c', wrong)
    assert.deepEqual([conflict.status, JSON.parse(conflict.text).OrthancStatus], [409, 43])
    assert.equal((await send(plain, 'DELETE', one, undefined, wrong)).status, 409)
    assert.equal((await send(plain, 'PUT', one, 'c', { 'if-match': 'x' })).status, 400)
    const right = { 'if-match': answer.headers.get('etag') ?? '' }
    assert.equal((await send(plain, 'DELETE', one, undefined, right)).status, 200)
    assert.equal((await send(plain, 'DELETE', one)).status, 404)
    assert.equal((await send(plain, 'PUT', one, 'c', right)).headers.get('etag'), `"0-${md5('c')}"`)
    for (const name of ['ReceptionDate', '1023', '65536']) {
      assert.equal((await send(plain, 'PUT', `${path}/metadata/${name}`, 'x')).status, 403, name)
      assert.equal((await send(plain, 'DELETE', `${path}/metadata/${name}`)).status, 403, name)
    }
  }
  const changes = JSON.parse((await send(plain, 'GET', '/changes?type=UpdatedMetadata')).text)
  assert.deepEqual(
    [...new Set(changes.Changes.map((change: { ResourceType: string }) => change.ResourceType))].sort(),
    ['Instance', 'Patient', 'Series', 'Study'],
  )
})

test('CheckRevisions: nobody replaces what they have not seen', async () => {
  const { Path } = await upload(checking)
  for (const one of [`${Path}/metadata/mine`, `${Path}/attachments/doc`]) {
    const first = await send(checking, 'PUT', one, 'a')
    assert.equal(first.status, 200)
    for (const method of ['PUT', 'DELETE']) {
      const answer = await send(checking, method, one, method === 'PUT' ? 'b' : undefined)
      assert.deepEqual([answer.status, JSON.parse(answer.text).OrthancStatus], [409, 43], `${method} ${one}`)
    }
    const tag = { 'if-match': first.headers.get('etag') ?? '' }
    const second = await send(checking, 'PUT', one, 'b', tag)
    assert.equal(second.headers.get('etag'), `"1-${md5('b')}"`)
    assert.equal((await send(checking, 'DELETE', one, undefined, tag)).status, 409)
    const latest = { 'if-match': second.headers.get('etag') ?? '' }
    assert.equal((await send(checking, 'DELETE', one, undefined, latest)).status, 200)
  }
  await eventually(async () => (await countBlobs(checking)) === 1)
})
