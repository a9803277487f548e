import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { isUid } from '@kingsfoil/dicom'
import { Catalog } from '../../catalog/catalog.ts'
import { Exports } from '../../changes/exports.ts'
import { startServer, type TestServer } from '../server.fixture.ts'

let server: TestServer
let catalog: Catalog
let exports: Exports
let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kingsfoil-exports-'))
  catalog = await Catalog.open(folder)
  exports = new Exports(catalog, () => Date.UTC(2026, 0, 2, 3, 4, 5))
  server = await startServer({ exports })
})
after(async () => {
  await server[Symbol.asyncDispose]()
  await catalog.close()
  await rm(folder, { recursive: true })
})

async function send(path: string, method = 'GET') {
  const answer = await fetch(server.url + path, { method })
  return { status: answer.status, text: await answer.text() }
}

const value = async (path: string) => JSON.parse((await send(path)).text)

const id = '11111111-22222222-33333333-44444444-55555555'

test('the log of exports is read in pages, and emptied without losing count', async () => {
  assert.deepEqual(await value('/exports'), { Exports: [], Done: true, Last: 0 })
  const sent = { level: 'Study', resourceId: id, remote: 'PACS' } as const
  for (const patientId of ['a', 'b', 'c']) {
    await exports.record({ ...sent, identifiers: { patientId, studyInstanceUid: '1.2' } })
  }
  const page = await value('/exports?since=1&limit=1')
  assert.deepEqual(page, {
    Done: false,
    First: 2,
    Last: 2,
    Exports: [
      {
        Date: '20260102T030405',
        ID: id,
        Path: `/studies/${id}`,
        PatientID: 'b',
        RemoteModality: 'PACS',
        ResourceType: 'Study',
        Seq: 2,
        StudyInstanceUID: '1.2',
      },
    ],
  })
  assert.equal((await value('/exports?since=x&limit=y')).Exports.length, 3)
  const last = await value('/exports?last')
  assert.deepEqual([last.First, last.Last, last.Done], [3, 3, true])
  assert.equal((await send('/exports', 'DELETE')).status, 200)
  assert.deepEqual(await value('/exports'), { Exports: [], Done: true, Last: 3 })
})

test('UIDs for every level but none for others', async () => {
  assert.match((await send('/tools/generate-uid?level=patient')).text, /^[0-9a-f-]{36}$/)
  const uids = new Set<string>()
  for (const level of ['study', 'series', 'instance'])
    uids.add((await send(`/tools/generate-uid?level=${level}`)).text)
  assert.equal(uids.size, 3)
  for (const uid of uids) assert.ok(isUid(uid), uid)
  for (const query of ['', '?level=nope'])
    assert.deepEqual(await send(`/tools/generate-uid${query}`), { status: 404, text: '' })
})

test('there are no plugins', async () => {
  assert.deepEqual(await value('/plugins'), ['explorer.js'])
  assert.match((await send('/plugins/explorer.js')).text, /^\/\/ /)
  assert.equal((await send('/plugins/nope')).status, 404)
})

test('what was read can be forgotten', async () => {
  assert.deepEqual(await send('/tools/invalidate-tags', 'POST'), { status: 200, text: '' })
})

test('a client may ask for an end, where somebody hears it', async () => {
  const wishes: string[] = []
  await using other = await startServer({ control: (wish) => void wishes.push(wish) })
  for (const wish of ['reset', 'shutdown']) {
    const answer = await fetch(`${other.url}/tools/${wish}`, { method: 'POST', body: '' })
    assert.equal(await answer.text(), '{}')
  }
  assert.deepEqual(wishes, ['reset', 'shutdown'])
  assert.equal((await send('/tools/shutdown', 'POST')).status, 404)
})
