import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { readPart10, textOf } from '@kingsfoil/dicom'
import { chunksOf, unzip } from '../../archives/archives.fixture.ts'
import { jobType } from '../../jobs/job-type.ts'
import type { JsonValue } from '../../model/json-value.ts'
import { limits } from '../../model/limits.ts'
import { makeFile } from '../dicom.fixture.ts'
import { startServer, type TestServer } from '../server.fixture.ts'

const instanceNumbers = [1, 2, 3]

interface Filled {
  readonly server: TestServer
  readonly patient: string
  readonly study: string
  readonly series: readonly string[]
  readonly files: readonly Buffer[]
}

const largeFile = makeFile({ instance: '1.2.3.3.9', pixels: Buffer.alloc(40_000_000, 1) })

/** A study with two series and three instances. */
async function fill(
  t: TestContext,
  options: Parameters<typeof startServer>[0] = {},
  more: readonly Uint8Array[] = [],
): Promise<Filled> {
  const server = await startServer(options)
  t.after(() => server[Symbol.asyncDispose]())
  const files = instanceNumbers.map((number) =>
    makeFile({ instance: `1.2.3.3.${number}`, series: `1.2.3.2.${number === 2 ? 2 : 1}` }),
  )
  for (const body of [...files, ...more]) {
    const { status } = await fetch(`${server.url}/instances`, { method: 'POST', body: new Uint8Array(body) })
    assert.equal(status, 200)
  }
  const list = async (path: string) => (await (await fetch(server.url + path)).json()) as readonly string[]
  const [[patient = ''], [study = ''], series] = await Promise.all([
    list('/patients'),
    list('/studies'),
    list('/series'),
  ])
  return { server, patient, study, series, files }
}

async function post(server: TestServer, path: string, body: unknown = ''): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(server.url + path, { method: 'POST', body: text })
}

async function contents(answer: Response): Promise<ReadonlyMap<string, Buffer>> {
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('content-type'), 'application/zip')
  return unzip(Buffer.from(await answer.arrayBuffer()))
}

const sorted = (files: Iterable<Buffer>) => [...files].map((file) => file.toString('hex')).sort()

/** Of the one job that there is. */
async function jobOf(server: TestServer, state: string) {
  for (let tries = 0; ; tries++) {
    const [job] = await server.jobs.list({})
    if (job?.state === state) return job
    assert.ok(tries < 1000, `The job is ${job?.state}`)
    await pause(5)
  }
}

describe('archives', () => {
  it('come by GET and POST, for each level, as they are made', async (t) => {
    const { server, patient, study, series, files } = await fill(t)
    for (const path of [`/patients/${patient}/archive`, `/studies/${study}/archive`]) {
      for (const answer of [
        await fetch(server.url + path),
        await post(server, path),
        await post(server, path, {}),
      ]) {
        assert.equal(answer.headers.get('connection'), 'close')
        assert.equal(answer.headers.get('content-length'), null)
        assert.match(answer.headers.get('content-disposition') ?? '', /^filename="[0-9a-f-]{44}\.zip"$/)
        assert.deepEqual(sorted((await contents(answer)).values()), sorted(files))
      }
    }
    const counts = await Promise.all(
      series.map(async (id) => (await contents(await fetch(`${server.url}/series/${id}/archive`))).size),
    )
    assert.deepEqual(counts.sort(), [1, 2])
    const job = await jobOf(server, 'Success')
    assert.deepEqual([job.type, server.jobs.describe(job).InstancesCount], ['Archive', 3])
  })

  it('of several resources have each instance once', async (t) => {
    const { server, study, series, files } = await fill(t)
    const answers = [
      await fetch(`${server.url}/tools/create-archive?resources=${study},${series[0]}`),
      await post(server, '/tools/create-archive', [study, series[0]]),
      await post(server, '/tools/create-archive', { Resources: [...series], Filename: 'both.zip' }),
    ]
    assert.deepEqual(
      answers.map(({ headers }) => headers.get('content-disposition')),
      ['filename="Archive.zip"', 'filename="Archive.zip"', 'filename="both.zip"'],
    )
    for (const answer of answers) assert.deepEqual(sorted((await contents(answer)).values()), sorted(files))
  })

  it('as media have a DICOMDIR, last', async (t) => {
    const { server, study } = await fill(t)
    const answers = [
      await fetch(`${server.url}/studies/${study}/media?extended`),
      await post(server, `/studies/${study}/media`, { Extended: true }),
      await fetch(`${server.url}/tools/create-media?resources=${study}`),
      await post(server, '/tools/create-media-extended', [study]),
    ]
    for (const answer of answers) {
      const names = [...(await contents(answer)).keys()]
      assert.deepEqual(names, ['IMAGES/IM0', 'IMAGES/IM1', 'IMAGES/IM2', 'DICOMDIR'])
    }
  })

  it('that are stored have a length, and any part can be had', async (t) => {
    const { server, study, files } = await fill(t)
    const url = `${server.url}/studies/${study}/archive?store-only`
    const answer = await fetch(url)
    const whole = Buffer.from(await answer.arrayBuffer())
    assert.equal(Number(answer.headers.get('content-length')), whole.length)
    assert.deepEqual(sorted((await unzip(whole)).values()), sorted(files))
    for (const [start, end] of [
      [0, 1],
      [10, whole.length - 1],
      [whole.length - 30, whole.length],
    ] as const) {
      const part = await fetch(url, { headers: { Range: `bytes=${start}-${end - 1}` } })
      assert.equal(part.status, 206)
      assert.equal(part.headers.get('etag'), answer.headers.get('etag'))
      assert.deepEqual(Buffer.from(await part.arrayBuffer()), whole.subarray(start, end))
    }
    assert.equal((await fetch(url, { headers: { Range: `bytes=${whole.length}-` } })).status, 416)
    const posted = await post(server, `/studies/${study}/archive`, { StoreOnly: true })
    assert.deepEqual(Buffer.from(await posted.arrayBuffer()), whole)
  })

  it('go on only where they broke off when they are the same still', async (t) => {
    const { server, study } = await fill(t)
    await post(server, `/studies/${study}/archive`, { Asynchronous: true })
    const { id } = await jobOf(server, 'Success')
    for (const path of [`/studies/${study}/archive?store-only`, `/jobs/${id}/archive`]) {
      const tag = (await fetch(server.url + path)).headers.get('etag') ?? ''
      assert.match(tag, /^"[0-9a-f]{32}"$/)
      for (const [condition, status] of [
        [tag, 206],
        ['"another"', 200],
        ['Wed, 21 Oct 2015 07:28:00 GMT', 200],
      ] as const) {
        const headers = { Range: 'bytes=1-', 'If-Range': condition }
        assert.equal((await fetch(server.url + path, { headers })).status, status, condition)
      }
    }
  })

  it('are made for no page of others, and by a server that is read-only too', async (t) => {
    const { server, study } = await fill(t)
    const headers = { Origin: 'https://elsewhere.example' }
    for (const path of [`/studies/${study}/archive`, `/studies/${study}/media`, '/tools/create-archive']) {
      const body = JSON.stringify({ Asynchronous: true, Resources: [study] })
      assert.equal((await fetch(server.url + path, { method: 'POST', body, headers })).status, 403, path)
    }
    assert.deepEqual(await server.jobs.list({}), [])
    const other = await startServer({ system: { readOnly: true } })
    t.after(() => other[Symbol.asyncDispose]())
    assert.equal((await contents(await post(other, '/tools/create-archive', []))).size, 0)
  })

  it('are made before they are sent where the server is told so, and leave nothing', async (t) => {
    const { server, study, files } = await fill(t, { archiveOptions: { utf8: false, streamed: false } })
    const answer = await fetch(`${server.url}/studies/${study}/archive`)
    const bytes = Buffer.from(await answer.arrayBuffer())
    assert.equal(Number(answer.headers.get('content-length')), bytes.length)
    assert.deepEqual(sorted((await unzip(bytes)).values()), sorted(files))
    for (let tries = 0; (await server.blobSizes()).length > files.length; tries++) {
      assert.ok(tries < 1000)
      await pause(5)
    }
  })

  it('are refused before there is a job', async (t) => {
    const { server, study } = await fill(t)
    const refused: readonly (readonly [path: string, body: unknown, status: number, code: number])[] = [
      ['/studies/nobody/archive', '', 404, 7],
      [`/series/${study}/archive`, '', 404, 7],
      ['/studies/nobody/media', { Asynchronous: true }, 404, 7],
      ['/tools/create-archive', ['nobody'], 404, 17],
      ['/tools/create-archive', { Resources: ['nobody'], Asynchronous: true }, 404, 17],
      ['/tools/create-archive', {}, 400, 15],
      ['/tools/create-media', { Resources: [1] }, 400, 15],
      ['/tools/create-media', '', 400, 8],
      [`/studies/${study}/archive`, 'no JSON', 400, 8],
      [`/studies/${study}/archive`, '[1]', 400, 8],
      [`/studies/${study}/archive`, { Transcode: 'nope' }, 400, 3],
      [`/studies/${study}/archive`, { Priority: 'high' }, 400, 8],
      [`/studies/${study}/archive`, { Synchronous: 1 }, 400, 8],
      [
        '/tools/create-archive',
        { Resources: [study], UserData: 'x'.repeat(limits.userDataCharacters) },
        413,
        8,
      ],
    ]
    for (const [path, body, status, code] of refused) {
      const answer = await post(server, path, body)
      const { OrthancStatus } = (await answer.json()) as { readonly OrthancStatus: number }
      assert.deepEqual([answer.status, OrthancStatus], [status, code], `${path} ${JSON.stringify(body)}`)
    }
    assert.equal((await fetch(`${server.url}/tools/create-archive`)).status, 400)
    assert.deepEqual(await server.jobs.list({}), [])
  })

  it('are refused with user data that is too deep', async (t) => {
    const { server, study } = await fill(t)
    const statusAt = async (depth: number) => {
      const text = `{"Asynchronous": true, "UserData": ${'['.repeat(depth)}${']'.repeat(depth)}}`
      return (await post(server, `/studies/${study}/archive`, text)).status
    }
    assert.equal(await statusAt(limits.userDataDepth), 200)
    for (const depth of [limits.userDataDepth + 1, 6000]) assert.equal(await statusAt(depth), 400)
    assert.equal((await fetch(`${server.url}/jobs?expand`)).status, 200)
  })

  it('of an asynchronous job have the name that was wanted', async (t) => {
    const { server, study, files } = await fill(t)
    const request = {
      Asynchronous: true,
      Filename: 'mine.zip',
      UserData: 'x',
      Transcode: '1.2.840.10008.1.2.4.70',
    }
    const answer = await post(server, `/studies/${study}/archive`, request)
    const { ID, Path } = (await answer.json()) as { readonly ID: string; readonly Path: string }
    assert.equal(Path, `/jobs/${ID}`)
    const job = await jobOf(server, 'Success')
    assert.equal(server.jobs.describe(job).Transcode, '1.2.840.10008.1.2.4.70')
    const archive = await fetch(`${server.url}${Path}/archive`)
    assert.equal(archive.headers.get('content-disposition'), 'filename="mine.zip"')
    assert.deepEqual(sorted((await contents(archive)).values()), sorted(files))
  })

  it('that somebody downloads stay until then, though their job is deleted', async (t) => {
    const { server, study } = await fill(
      t,
      {},
      // Several parts.
      Array.from({ length: 4 }, (_, index) =>
        makeFile({ instance: `1.2.3.3.7.${index}`, pixels: noise(20_000_000) }),
      ),
    )
    const before = (await server.blobSizes()).length
    const answer = await post(server, `/studies/${study}/archive`, { Asynchronous: true })
    const { Path } = (await answer.json()) as { readonly Path: string }
    const job = server.url + Path
    await jobOf(server, 'Success')
    const { body, headers } = await fetch(`${job}/archive`)
    const reader = body?.getReader()
    let size = (await reader?.read())?.value?.length ?? 0
    assert.equal((await fetch(job, { method: 'DELETE' })).status, 200)
    assert.equal((await fetch(`${job}/archive`)).status, 404)
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
      size += part.value.length
    assert.equal(size, Number(headers.get('content-length')))
    for (let tries = 0; (await server.blobSizes()).length > before; tries++) {
      assert.ok(tries < 1000)
      await pause(5)
    }
  })

  it('have their files in the transfer syntax that is wanted, where there is a way to it', async (t) => {
    const { server, study, files } = await fill(t)
    const wanted = '1.2.840.10008.1.2'
    const transcoded = await contents(
      await fetch(`${server.url}/studies/${study}/archive?transcode=${wanted}&store-only`),
    )
    assert.equal(transcoded.size, files.length)
    for (const bytes of transcoded.values()) {
      const file = await readPart10(chunksOf(bytes), {})
      assert.deepEqual([file.transferSyntaxUid, textOf(file.dataSet, 0x0020000d)], [wanted, '1.2.3.1'])
    }
    const kept = await contents(
      await fetch(`${server.url}/studies/${study}/media?transcode=1.2.840.10008.1.2.4.70`),
    )
    assert.deepEqual(sorted([...kept.values()].slice(0, -1)), sorted(files))
    const [job] = await server.jobs.list({ types: ['Media'] })
    const log = await server.jobs.log(job?.id ?? '', { since: 0, limit: 10 })
    assert.equal(log?.length, files.length)
  })

  it('leave out what was deleted before its turn came, and say so', async (t) => {
    const gate = Promise.withResolvers<void>()
    const waiting = jobType<null, JsonValue>({
      name: 'Waiting',
      parse: () => null,
      plan: async () => ({ steps: [0] }),
      run: async () => gate.promise.then(() => undefined),
      describe: () => ({}),
    })
    const { server, study, files } = await fill(t, { jobTypes: [waiting] })
    // So that the archive has to wait.
    for (let n = 0; n < 2; n++) await server.jobs.submit({ type: 'Waiting', parameters: null })
    const answer = await post(server, `/studies/${study}/archive`, { Asynchronous: true })
    const { ID, Path } = (await answer.json()) as { readonly ID: string; readonly Path: string }
    const [gone = ''] = (await (await fetch(`${server.url}/instances`)).json()) as readonly string[]
    assert.equal((await fetch(`${server.url}/instances/${gone}`, { method: 'DELETE' })).status, 200)
    gate.resolve()
    assert.equal((await server.jobs.ended(ID)).state, 'Success')
    const results = (await (await fetch(`${server.url}${Path}/results`)).json()) as readonly object[]
    const unknown = { ErrorCode: 17, ErrorDescription: 'Unknown resource', ErrorDetails: '' }
    assert.deepEqual(results, [{ ...unknown, ID: gone, Number: 1 }])
    const log = await server.jobs.log(ID, { since: 0, limit: 10 })
    assert.deepEqual(
      log?.map(({ level, text }) => [level, text]),
      [['warning', `Left out, because it cannot be read: ${gone}`]],
    )
    const archive = await contents(await fetch(`${server.url}${Path}/archive`))
    assert.equal(archive.size, files.length - 1)
  })

  it('end their job when the client leaves', async (t) => {
    const { server, study } = await fill(t, {}, [largeFile])
    const controller = new AbortController()
    const url = `${server.url}/studies/${study}/archive`
    const { body } = await post(server, `/studies/${study}/archive`).then(() =>
      fetch(url, { signal: controller.signal }),
    )
    await body?.getReader().read()
    controller.abort()
    for (let tries = 0; ; tries++) {
      const failed = await server.jobs.list({ states: ['Failure'] })
      if (failed[0]?.error?.code === 'NetworkProtocol') break
      assert.ok(tries < 1000)
      await pause(5)
    }
  })

  it('are cut off when their job is cancelled', async (t) => {
    const { server, study } = await fill(t, {}, [
      makeFile({ instance: '1.2.3.3.8', pixels: noise(60_000_000) }),
    ])
    const { body } = await fetch(`${server.url}/studies/${study}/archive`)
    const reader = body?.getReader()
    await reader?.read()
    const { id } = await jobOf(server, 'Running')
    assert.equal((await post(server, `/jobs/${id}/cancel`)).status, 200)
    // Nobody reads, and it ends nevertheless.
    const job = await jobOf(server, 'Failure')
    await assert.rejects(async () => {
      while ((await reader?.read())?.done === false) await pause(1)
    })
    assert.equal(job.error?.code, 'CanceledJob')
  })
})

/** What does not get smaller. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = 1
  for (let at = 0; at + 4 <= length; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    bytes.writeInt32LE(state, at)
  }
  return bytes
}
