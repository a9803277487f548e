import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { makeFile, type TestFile } from './dicom.fixture.ts'
import { startServer } from './server.fixture.ts'

interface Uploaded {
  readonly ID: string
  readonly ParentPatient: string
  readonly ParentSeries: string
}

async function connect() {
  const server = await startServer()
  const upload = async (file: TestFile) => {
    const answer = await fetch(`${server.url}/instances`, { method: 'POST', body: makeFile(file) })
    return (await answer.json()) as Uploaded
  }
  const get = async (path: string) => {
    const answer = await fetch(server.url + path)
    return answer.status === 200 ? JSON.parse(await answer.text()) : answer.status
  }
  return { server, upload, get, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test('an answer that is asked for again tells of every change in between', async () => {
  await using here = await connect()
  const { server, upload, get } = here
  const first = await upload({ instance: '1.1' })
  const series = `/series/${first.ParentSeries}`
  const patient = `/patients/${first.ParentPatient}`
  assert.deepEqual((await get(series)).Instances, [first.ID])
  assert.deepEqual(await get(series), await get(series))

  const second = await upload({ instance: '1.2' })
  assert.deepEqual((await get(series)).Instances, [first.ID, second.ID])
  assert.equal((await get(patient)).IsProtected, false)
  await fetch(`${server.url + patient}/protected`, { method: 'PUT', body: '1' })
  assert.equal((await get(patient)).IsProtected, true)

  assert.equal((await get(series)).IsStable, false)
  server.clock.now += 61_000
  await server.stability.check()
  assert.equal((await get(series)).IsStable, true)

  const tags = `/instances/${first.ID}/simplified-tags`
  assert.equal((await get(tags)).SOPInstanceUID, '1.1')
  await fetch(`${server.url}/instances/${first.ID}`, { method: 'DELETE' })
  assert.deepEqual((await get(series)).Instances, [second.ID])
  assert.deepEqual([await get(tags), await get(`/instances/${first.ID}`)], [404, 404])
  await fetch(server.url + series, { method: 'DELETE' })
  assert.equal(await get(series), 404)
})

test('the formats of a resource are kept apart', async () => {
  await using here = await connect()
  const { server, upload } = here
  const { ParentSeries } = await upload({})
  const series = `${server.url}/series/${ParentSeries}`
  const read = async (query: string, headers = {}) => (await fetch(series + query, { headers })).text()
  const usual = await read('')
  assert.match(await read('?full'), /"0020,000e" : \n/)
  assert.match(await read('?short'), /"0020,000e" : "/)
  assert.match(await read('', { Accept: 'application/xml' }), /^<\?xml/)
  assert.equal(await read(''), usual)
  assert.match(usual, /"SeriesInstanceUID" : "/)
})

test('many downloads at once each bring their own bytes', async () => {
  await using here = await connect()
  const { server, upload } = here
  const sizes = [10, 70_000, 200_000, 655_000, 2_000_000, 655_360]
  const files = sizes.map((size, index) => ({
    instance: `1.9.${index + 1}`,
    pixels: Buffer.alloc(size, index + 1),
  }))
  const digest = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')
  const expected = files.map((file) => digest(makeFile(file)))
  const ids: string[] = []
  for (const file of files) ids.push((await upload(file)).ID)
  const download = async (index: number) => {
    const answer = await fetch(`${server.url}/instances/${ids[index]}/file`)
    assert.equal(digest(await answer.bytes()), expected[index])
  }
  for (let round = 0; round < 5; round++) {
    await Promise.all(Array.from({ length: 24 }, (_, index) => download(index % files.length)))
  }
})
