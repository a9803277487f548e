import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { get as httpGet } from 'node:http'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { get, getJson, post, request } from './support/http.ts'
import { forEach, md5Of } from './support/instances.ts'
import { run, skipWithout, sleep } from './support/processes.ts'
import { noise } from './support/random.ts'
import {
  type RunningServer,
  serverUnderTest,
  skipWithoutServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'
import { imageFile, seriesOf } from './support/synthetic.ts'

const folder = temporaryFolder('archive-jobs')
const pixels = noise(512 * 512 * 2, 3)
const skip =
  skipWithoutServer() ||
  skipWithout('unzip', 'dcmdump', 'curl') ||
  (serverUnderTest !== 'kingsfoil' && 'Orthanc keeps no archive over a restart')

after(() => folder.remove())

interface JobAnswer {
  readonly ID: string
  readonly State: string
  readonly Progress: number
  readonly ErrorCode: number
  readonly Content: Readonly<Record<string, unknown>>
}

/** Stores a series and gives the id of its study, and the digests of its files. */
async function fill(server: RunningServer, name: string, count: number, size: number) {
  const digests = new Set<string>()
  let study = ''
  await forEach(seriesOf(name, count, size, size), 8, async (image) => {
    const file = imageFile(image, pixels)
    digests.add(md5Of(file))
    const answer = await post(server.httpPort, '/instances', file)
    assert.equal(answer.status, 200)
    study = (JSON.parse(answer.body.toString()) as { readonly ParentStudy: string }).ParentStudy
  })
  return { study, digests }
}

async function submit(server: RunningServer, path: string, body: object = {}): Promise<string> {
  const answer = await post(server.httpPort, path, JSON.stringify({ ...body, Asynchronous: true }))
  assert.equal(answer.status, 200, answer.body.toString())
  const { ID, Path } = JSON.parse(answer.body.toString()) as { readonly ID: string; readonly Path: string }
  assert.equal(Path, `/jobs/${ID}`)
  return ID
}

async function until(server: RunningServer, id: string, state: string): Promise<JobAnswer> {
  for (let tries = 0; ; tries++) {
    const job = await getJson<JobAnswer>(server.httpPort, `/jobs/${id}`)
    if (job.State === state) return job
    assert.ok(tries < 3000 && !['Success', 'Failure'].includes(job.State), JSON.stringify(job))
    await sleep(10)
  }
}

/** Unpacks a ZIP with Info-ZIP and gives the digests of its files by their names. */
async function unpack(bytes: Uint8Array, name: string): Promise<ReadonlyMap<string, string>> {
  const file = join(folder.path, `${name}.zip`)
  writeFileSync(file, bytes)
  const tested = await run('unzip', ['-tqq', file])
  assert.equal(tested.code, 0, tested.stdout + tested.stderr)
  const target = join(folder.path, name)
  assert.equal((await run('unzip', ['-qq', '-d', target, file])).code, 0)
  const { stdout } = await run('unzip', ['-Z1', file])
  const names = stdout.split('\n').filter((line) => line !== '')
  return new Map(names.map((each) => [each, md5Of(readFileSync(join(target, each)))]))
}

test('an archive is made by a job, fetched from it whole or in part, and forgotten', { skip }, async () => {
  const server = await startServer('kingsfoil', { folder: join(folder.path, 'one') })
  const { study, digests } = await fill(server, 'archived', 20, 256)
  const id = await submit(server, `/studies/${study}/archive`, { UserData: { mine: 1 }, Priority: 3 })
  const job = await until(server, id, 'Success')
  assert.equal(job.Progress, 100)
  assert.equal(job.Content.InstancesCount, 20)
  const path = `/jobs/${id}/archive`
  const whole = await get(server.httpPort, path)
  assert.equal(whole.status, 200)
  assert.equal(whole.headers['content-type'], 'application/zip')
  assert.equal(Number(whole.headers['content-length']), whole.body.length)
  assert.equal(String(whole.body.length), job.Content.ArchiveSize)
  const files = await unpack(whole.body, 'whole')
  assert.deepEqual(new Set(files.values()), digests)
  const part = await get(server.httpPort, path, { headers: { Range: 'bytes=1000-2999999' } })
  assert.equal(part.status, 206)
  assert.deepEqual(part.body, whole.body.subarray(1000, 3_000_000))
  assert.equal((await request(server.httpPort, 'DELETE', path)).status, 200)
  assert.equal((await get(server.httpPort, path)).status, 404)
  assert.equal((await request(server.httpPort, 'DELETE', `/jobs/${id}`)).status, 200)
  assert.equal((await get(server.httpPort, `/jobs/${id}`)).status, 404)
  await server.stop()
})

test('media have a DICOMDIR that others read', { skip }, async () => {
  const server = await startServer('kingsfoil', { folder: join(folder.path, 'media') })
  const { study, digests } = await fill(server, 'on media', 5, 64)
  const id = await submit(server, `/studies/${study}/media`, { Extended: true })
  await until(server, id, 'Success')
  const asynchronous = await get(server.httpPort, `/jobs/${id}/archive`)
  const synchronous = await get(server.httpPort, `/studies/${study}/media?extended`)
  for (const [name, { body }] of Object.entries({ asynchronous, synchronous })) {
    const files = await unpack(body, name)
    const names = [...files.keys()]
    assert.deepEqual(names, [...Array.from({ length: 5 }, (_, index) => `IMAGES/IM${index}`), 'DICOMDIR'])
    assert.deepEqual(new Set([...files].slice(0, 5).map(([, digest]) => digest)), digests)
    const dump = await run('dcmdump', [join(folder.path, name, 'DICOMDIR')])
    assert.equal(dump.code, 0, dump.stderr)
    assert.equal(dump.stdout.match(/CS \[IMAGE\]/g)?.length, 5)
    assert.equal(dump.stdout.match(/CS \[IMAGES\\IM\d\]/g)?.length, 5)
  }
  await server.stop()
})

test('a job is paused, its server started again, and the job resumed where it was', { skip }, async () => {
  const options = { folder: join(folder.path, 'paused'), config: { ConcurrentJobs: 1 } }
  const server = await startServer('kingsfoil', options)
  const { study, digests } = await fill(server, 'paused', 200, 512)
  const id = await submit(server, `/studies/${study}/archive`)
  for (;;) {
    const { Progress } = await getJson<JobAnswer>(server.httpPort, `/jobs/${id}`)
    if (Progress > 10) break
    await sleep(5)
  }
  assert.equal((await post(server.httpPort, `/jobs/${id}/pause`, '')).status, 200)
  const paused = await until(server, id, 'Paused')
  await server.stop()
  const again = await startServer('kingsfoil', options)
  const restored = await getJson<JobAnswer>(again.httpPort, `/jobs/${id}`)
  assert.equal(restored.State, 'Paused')
  assert.equal(restored.Progress, paused.Progress)
  assert.ok(restored.Progress > 0)
  assert.equal((await post(again.httpPort, `/jobs/${id}/resume`, '')).status, 200)
  await until(again, id, 'Success')
  const files = await unpack((await get(again.httpPort, `/jobs/${id}/archive`)).body, 'resumed')
  assert.deepEqual(new Set(files.values()), digests)
  await again.stop()
})

test('a job that kill -9 met goes on, and its archive is whole', { skip }, async () => {
  const options = { folder: join(folder.path, 'killed') }
  let server = await startServer('kingsfoil', options)
  const { study, digests } = await fill(server, 'killed', 200, 512)
  const id = await submit(server, `/studies/${study}/archive`)
  for (let kill = 0; kill < 4; kill++) {
    await sleep(150)
    await server.kill()
    server = await startServer('kingsfoil', options)
  }
  await until(server, id, 'Success')
  const files = await unpack((await get(server.httpPort, `/jobs/${id}/archive`)).body, 'after-kill')
  assert.deepEqual(new Set(files.values()), digests)
  await server.stop()
})

test('the events tell how a job goes on', { skip }, async (t) => {
  const server = await startServer('kingsfoil', { folder: join(folder.path, 'events') })
  const { study } = await fill(server, 'followed', 100, 512)
  const curl = spawn('curl', [
    '-sN',
    `http://127.0.0.1:${server.httpPort}/events?type=JobSubmitted;JobProgress;JobSuccess`,
  ])
  t.after(() => curl.kill())
  let heard = ''
  curl.stdout.on('data', (bytes: Buffer) => {
    heard += bytes.toString()
  })
  for (let tries = 0; heard === ''; tries++) {
    assert.ok(tries < 500)
    await sleep(10)
  }
  const id = await submit(server, `/studies/${study}/archive`)
  await until(server, id, 'Success')
  for (let tries = 0; !heard.includes('event: JobSuccess'); tries++) {
    assert.ok(tries < 500, heard)
    await sleep(10)
  }
  const names = new Set([...heard.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name))
  assert.deepEqual(names, new Set(['JobSubmitted', 'JobProgress', 'JobSuccess']))
  assert.ok(heard.includes(id))
  await server.stop()
})

test('a client that leaves in the middle ends its job alone', { skip }, async () => {
  const server = await startServer('kingsfoil', { folder: join(folder.path, 'left') })
  const { study, digests } = await fill(server, 'left', 100, 512)
  await new Promise<void>((resolve, reject) => {
    const asked = httpGet({ port: server.httpPort, path: `/studies/${study}/archive` }, (answer) => {
      answer.once('data', () => {
        asked.destroy()
        resolve()
      })
    })
    asked.on('error', reject)
  })
  const [id = ''] = await getJson<readonly string[]>(server.httpPort, '/jobs')
  const job = await until(server, id, 'Failure')
  assert.equal(job.ErrorCode, 9)
  const { body } = await get(server.httpPort, `/studies/${study}/archive`)
  assert.deepEqual(new Set((await unpack(body, 'left-whole')).values()), digests)
  await server.stop()
})
