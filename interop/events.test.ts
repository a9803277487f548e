import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { getJson, post } from './support/http.ts'
import { forEach } from './support/instances.ts'
import { skipWithout, sleep } from './support/processes.ts'
import { noise } from './support/random.ts'
import {
  type RunningServer,
  serverUnderTest,
  skipWithoutServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'
import { imageFile, seriesOf } from './support/synthetic.ts'

const folder = temporaryFolder('events')
const pixels = noise(64 * 64 * 2, 1)
const skip =
  skipWithoutServer() || skipWithout('curl') || (serverUnderTest !== 'kingsfoil' && 'Orthanc has no events')

after(() => folder.remove())

interface Event {
  readonly id: number
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

interface Listener {
  readonly process: ChildProcess
  events(): readonly Event[]
  /** Waits until they are so many. */
  until(count: number): Promise<readonly Event[]>
  end(): Promise<void>
}

function parse(block: string): Event {
  const [, id = '', event = '', data = ''] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(block) ?? []
  return { id: Number(id), event, data: JSON.parse(data) as Event['data'] }
}

/** `curl -N`, from the first block on. */
async function listen(port: number, path: string, ...options: readonly string[]): Promise<Listener> {
  const child = spawn('curl', ['-sN', ...options, `http://127.0.0.1:${port}${path}`])
  let text = ''
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.stdout.on('data', (bytes: Buffer) => {
    text += bytes.toString()
  })
  const events = () =>
    text
      .split('\n\n')
      .slice(0, -1)
      .filter((block) => block.startsWith('id: '))
      .map(parse)
  const waitFor = async (isThere: () => boolean): Promise<void> => {
    for (let tries = 0; !isThere(); tries++) {
      assert.ok(tries < 1500, `curl has heard: ${text.slice(-500)}`)
      await sleep(10)
    }
  }
  await waitFor(() => text.startsWith('retry: '))
  return {
    process: child,
    events,
    until: async (count) => {
      await waitFor(() => events().length >= count)
      return events()
    },
    end: async () => {
      child.kill()
      await ended
    },
  }
}

async function upload(server: RunningServer, name: string, count: number): Promise<void> {
  await forEach(seriesOf(name, count, 4, 4), 8, async (image) => {
    const answer = await post(server.httpPort, '/instances', imageFile(image, pixels))
    assert.equal(answer.status, 200, answer.body.toString())
  })
}

test('curl sees a study as it arrives, and goes on after a restart of the server', {
  skip,
  timeout: 120_000,
}, async () => {
  const options = { folder: folder.path }
  let server = await startServer(serverUnderTest, options)
  const listener = await listen(server.httpPort, '/events')
  await upload(server, 'first', 3)
  const seen = await listener.until(6)
  const { Changes } = await getJson<{ Changes: readonly Event['data'][] }>(server.httpPort, '/changes')
  assert.deepEqual(
    seen.map(({ data }) => data),
    Changes,
  )
  assert.deepEqual(
    seen.map(({ id, event }) => ({ id, event })),
    Changes.map(({ Seq, ChangeType }) => ({ id: Seq, event: ChangeType })),
  )
  // The server ends the stream, though the client would listen on.
  const gone = new Promise((resolve) => listener.process.once('exit', resolve))
  assert.equal((await server.stop()).code, 0)
  await gone

  server = await startServer(serverUnderTest, options)
  await upload(server, 'meanwhile', 300)
  const resumed = await listen(server.httpPort, '/events', '-H', `Last-Event-ID: ${seen.at(-1)?.id}`)
  await upload(server, 'after', 1)
  const more = await resumed.until(307)
  assert.deepEqual(
    more.map(({ id }) => id),
    Array.from({ length: 307 }, (_, index) => index + 7),
  )
  const studies = await listen(server.httpPort, '/events?since=0&type=NewStudy&level=Study')
  assert.deepEqual(
    (await studies.until(3)).map(({ event }) => event),
    ['NewStudy', 'NewStudy', 'NewStudy'],
  )
  await studies.end()
  await resumed.end()
  assert.equal((await server.stop()).code, 0)
})

test('clients that do not read do not keep the others from their events, nor the server from stopping', {
  skip,
  timeout: 180_000,
}, async () => {
  const server = await startServer(serverUnderTest, { folder: folder.path })
  await upload(server, 'many', 1000)
  // They ask for all that there is. Nobody listens for data: the system's buffers fill, then nothing moves.
  const lazy = Array.from({ length: 40 }, () => {
    const socket = connect(server.httpPort, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write('GET /events?since=0 HTTP/1.1\r\nHost: localhost\r\n\r\n')
    return socket
  })
  const listener = await listen(server.httpPort, '/events')
  await upload(server, 'while they do not read', 50)
  assert.equal((await listener.until(53)).length, 53)
  await listener.end()
  assert.equal((await server.stop()).code, 0)
  for (const socket of lazy) socket.destroy()
})
