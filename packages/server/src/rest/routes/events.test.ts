import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeFile } from '../dicom.fixture.ts'
import { httpLimits } from '../http-limits.ts'
import { head, open } from '../raw-client.fixture.ts'
import type { RestOptions } from '../rest-options.ts'
import { startServer, type TestServer } from '../server.fixture.ts'

interface Events extends AsyncDisposable {
  readonly status: number
  readonly headers: Headers
  /** Reads until so many blocks came in all, or to the end. */
  take(blocks: number): Promise<readonly string[]>
}

/** Listens until the block that the server begins with. */
async function listen(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Events> {
  const leave = new AbortController()
  const answer = await fetch(url, { headers, signal: leave.signal })
  const reader = answer.body?.getReader()
  let text = ''
  const blocks = () => text.split('\n\n').slice(0, -1)
  return {
    status: answer.status,
    headers: answer.headers,
    take: async (wanted) => {
      while (blocks().length < wanted) {
        const piece = await reader?.read()
        if (piece?.value === undefined) break
        text += Buffer.from(piece.value).toString()
      }
      return blocks()
    },
    [Symbol.asyncDispose]: async () => leave.abort(),
  }
}

async function upload({ url }: TestServer, study: string): Promise<void> {
  const file = makeFile({ study, series: `${study}.1`, instance: `${study}.1.1`, patientId: study })
  assert.equal((await fetch(`${url}/instances`, { method: 'POST', body: file })).status, 200)
}

const fieldsOf = (block: string | undefined) =>
  Object.fromEntries(
    (block ?? '').split('\n').map((line) => [line.split(': ')[0], line.replace(/^\w+: /, '')]),
  )

test('a new client starts at now and gets what happens, as /changes has it', async () => {
  await using server = await startServer()
  await upload(server, '1.2.1')
  await using events = await listen(`${server.url}/events`)
  assert.equal(events.headers.get('content-type'), 'text/event-stream')
  assert.equal(events.headers.get('cache-control'), 'no-cache')
  assert.deepEqual(await events.take(1), ['retry: 1000'])
  await upload(server, '1.2.2')
  const [, ...blocks] = await events.take(5)
  const { Changes } = (await (await fetch(`${server.url}/changes?since=4`)).json()) as {
    Changes: readonly { Seq: number; ChangeType: string }[]
  }
  const expected = Changes.map((one) => ({
    id: String(one.Seq),
    event: one.ChangeType,
    data: JSON.stringify(one),
  }))
  assert.deepEqual(blocks.map(fieldsOf), expected)
  assert.equal(expected.length, 4)
})

test('Last-Event-ID goes on, and wins over since', async () => {
  await using server = await startServer({ limits: { ...httpLimits, eventPage: 3 } })
  for (const study of ['1.2.1', '1.2.2', '1.2.3']) await upload(server, study)
  const idsFrom = async (path: string, headers = {}) => {
    await using events = await listen(`${server.url}${path}`, headers)
    await upload(server, `1.9.${Math.random()}`.slice(0, 12))
    const blocks = await events.take(3)
    return blocks.slice(1, 3).map((block) => Number(fieldsOf(block).id))
  }
  assert.deepEqual(await idsFrom('/events?since=5'), [6, 7])
  assert.deepEqual(await idsFrom('/events?since=2', { 'Last-Event-ID': '5' }), [6, 7])
  assert.deepEqual(await idsFrom('/events', { 'Last-Event-ID': '0' }), [1, 2])
  // Of a feed that has not come so far: another one.
  assert.deepEqual(await idsFrom('/events', { 'Last-Event-ID': '5000' }), [1, 2])
})

test('types and levels', async () => {
  await using server = await startServer()
  for (const study of ['1.2.1', '1.2.2']) await upload(server, study)
  const named = async (query: string, count: number) => {
    await using events = await listen(`${server.url}/events?since=0&${query}`)
    return (await events.take(count + 1)).slice(1).map((block) => fieldsOf(block).event)
  }
  assert.deepEqual(await named('type=NewStudy', 2), ['NewStudy', 'NewStudy'])
  const both = ['NewStudy', 'NewPatient']
  assert.deepEqual(await named('level=Patient;Study', 4), [...both, ...both])
  assert.equal((await fetch(`${server.url}/events?type=Nothing`)).status, 400)
  assert.equal((await fetch(`${server.url}/events?level=Image`)).status, 400)
  assert.equal((await fetch(`${server.url}/events`, { headers: { 'Last-Event-ID': 'x' } })).status, 400)
})

test('silence has a heartbeat', async () => {
  await using server = await startServer({ limits: { ...httpLimits, heartbeatSeconds: 0.02 } })
  await using events = await listen(`${server.url}/events`)
  assert.deepEqual(await events.take(3), ['retry: 1000', ': still here', ': still here'])
})

test('no more streams than the limit; who leaves makes room', async () => {
  await using server = await startServer({ limits: { ...httpLimits, eventStreams: 2 } })
  await using first = await listen(`${server.url}/events`)
  {
    await using second = await listen(`${server.url}/events`)
    assert.deepEqual([first.status, second.status], [200, 200])
    const refused = await fetch(`${server.url}/events`)
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '10'])
  }
  for (let tries = 0; ; tries++) {
    await using again = await listen(`${server.url}/events`)
    if (again.status === 200) break
    assert.ok(tries < 200, 'the stream of a client that left still counts')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
})

test('a stop ends all streams at once, also one whose client does not read', {
  timeout: 60_000,
}, async () => {
  const seen = { asked: 0 }
  await using server = await startServer({ requestTimeout: 600, changes: endless(seen) })
  const lazy = await open(server.port)
  lazy.on('error', () => undefined)
  lazy.pause()
  lazy.write(head('GET /events?since=0'))
  // What the client does not take is not read: after a while nothing moves.
  for (let before = -1; before !== seen.asked; ) {
    before = seen.asked
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  assert.ok(seen.asked > 1 && seen.asked < 5000, `${seen.asked} pages`)
  await using events = await listen(`${server.url}/events`)
  await server.server.close(600)
  const blocks = await events.take(1_000_000)
  assert.equal(blocks[0], 'retry: 1000')
  lazy.destroy()
})

/** A feed that always has more. */
const endless = (seen: { asked: number }): RestOptions['changes'] => ({
  happenings: async ({ since, limit }) => {
    seen.asked += 1
    // As long as a question to a catalog takes.
    await new Promise((resolve) => setImmediate(resolve))
    const happenings = Array.from({ length: limit }, (_, index) => ({
      sequence: since + index + 1,
      type: 'NewInstance' as const,
      level: 'Instance' as const,
      resourceId: 'x',
      date: '20260102T030405',
    }))
    return { happenings: since === Number.MAX_SAFE_INTEGER ? [] : happenings, done: false, last: since }
  },
  read: () => Promise.reject(new Error('not asked for')),
  readLast: () => Promise.reject(new Error('not asked for')),
  clear: () => Promise.resolve(),
  onNudge: () => () => true,
})

test('events are for those who may read', async () => {
  await using server = await startServer({
    authenticationEnabled: true,
    registeredUsers: { reader: 'secret' },
  })
  assert.equal((await fetch(`${server.url}/events`)).status, 401)
  const authorization = `Basic ${Buffer.from('reader:secret').toString('base64')}`
  await using events = await listen(`${server.url}/events`, { authorization })
  assert.equal(events.status, 200)
})

test('jobs tell of themselves; their progress has no number', async () => {
  await using server = await startServer()
  const file = makeFile({ study: '1.2.1', series: '1.2.1.1', instance: '1.2.1.1.1', patientId: 'p' })
  const upload = await fetch(`${server.url}/instances`, { method: 'POST', body: file })
  const { ParentStudy } = (await upload.json()) as { ParentStudy: string }
  await using all = await listen(`${server.url}/events`)
  await using some = await listen(`${server.url}/events?type=JobSuccess`)
  await using levels = await listen(`${server.url}/events?level=Study`)
  const body = JSON.stringify({ Asynchronous: true })
  const started = await fetch(`${server.url}/studies/${ParentStudy}/archive`, { method: 'POST', body })
  const { ID } = (await started.json()) as { ID: string }
  const isOver = (blocks: readonly string[]) =>
    blocks.some((block) => /JobSuccess/.test(block)) &&
    blocks.some((block) => /"State":"Success"/.test(block))
  let blocks = await all.take(2)
  while (!isOver(blocks)) blocks = await all.take(blocks.length + 1)
  const numbered = blocks.map(fieldsOf).filter(({ id }) => id !== undefined)
  assert.deepEqual(
    numbered.map(({ event }) => event),
    ['JobSubmitted', 'JobSuccess'],
  )
  const { Date: _, ...change } = JSON.parse(numbered[1]?.data ?? '') as Record<string, unknown>
  const seq = Number(numbered[0]?.id) + 1
  assert.deepEqual(change, {
    ChangeType: 'JobSuccess',
    ID,
    Path: `/jobs/${ID}`,
    ResourceType: 'Job',
    Seq: seq,
  })
  const progress = blocks.map(fieldsOf).filter(({ event }) => event === 'JobProgress')
  const last = JSON.parse(progress.at(-1)?.data ?? '') as unknown
  assert.deepEqual(last, { ID, Progress: 100, State: 'Success' })
  const [, only] = (await some.take(2)).map(fieldsOf)
  assert.deepEqual([only?.id, only?.event], [String(seq), 'JobSuccess'])
  const changes = (await (await fetch(`${server.url}/changes?since=4`)).json()) as unknown
  assert.deepEqual(changes, { Changes: [], Done: true, Last: seq })
  assert.equal((await fetch(`${server.url}/events?type=Job`)).status, 400)
  await server.server.close(1)
  assert.deepEqual((await levels.take(100)).slice(1), [])
})
