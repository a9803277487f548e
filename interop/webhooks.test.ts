import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { getJson, post, request } from './support/http.ts'
import { forEach, instanceIdOf } from './support/instances.ts'
import { findProgram, run, sleep } from './support/processes.ts'
import { noise } from './support/random.ts'
import {
  type RunningServer,
  serverUnderTest,
  skipWithoutServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'
import { type ImageDescription, imageFile, seriesOf } from './support/synthetic.ts'

const folder = temporaryFolder('webhooks')
const pixels = noise(64 * 64 * 2, 1)
const skip = skipWithoutServer() || (serverUnderTest !== 'kingsfoil' && 'Orthanc has no webhooks')

after(() => folder.remove())

interface Change {
  readonly Seq: number
  readonly ID: string
  readonly ChangeType: string
}

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly change: Change
  readonly status: number
}

interface Receiver extends AsyncDisposable {
  readonly url: string
  readonly received: readonly Received[]
  accepted(): readonly Change[]
}

interface Answer {
  readonly status: number
  readonly location?: string
  readonly afterMs?: number
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

async function listen(answer: (change: Change, before: readonly Received[]) => Answer): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer(async (incoming, response) => {
    const body = await readBody(incoming)
    const change = JSON.parse(body) as Change
    const { status, location, afterMs = 0 } = answer(change, received)
    received.push({ headers: incoming.headers, body, change, status })
    await sleep(afterMs)
    response.writeHead(status, location === undefined ? {} : { Location: location }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    accepted: () => received.filter(({ status }) => status === 200).map(({ change }) => change),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function until(isThere: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; !(await isThere()); tries++) {
    assert.ok(tries < 3000, `did not happen: ${what}`)
    await sleep(10)
  }
}

async function upload({ httpPort }: RunningServer, images: readonly ImageDescription[]): Promise<void> {
  await forEach(images, 4, async (image) => {
    const answer = await post(httpPort, '/instances', imageFile(image, pixels))
    assert.equal(answer.status, 200, answer.body.toString())
  })
}

const start = (name: string, webhooks: Readonly<Record<string, unknown>>) =>
  startServer(serverUnderTest, {
    folder: folder.path,
    storage: `${folder.path}/${name}`,
    config: { Webhooks: webhooks },
  })

interface Hook {
  readonly Cursor: number
  readonly LastError: {
    readonly Error: string
    readonly HttpStatus: number | null
    readonly Seq: number
  } | null
}

interface Log {
  readonly Deliveries: readonly {
    readonly Number: number
    readonly Seq: number
    readonly Error: string | null
  }[]
  readonly Done: boolean
  readonly Last: number
}

test('signed deliveries come in order, are tried again after failures, and are logged', {
  skip,
  timeout: 120_000,
}, async () => {
  const image = seriesOf('again', 1, 4, 4)
  const id = instanceIdOf(image[0] as ImageDescription)
  let isIll = true
  await using receiver = await listen((change) => ({ status: change.ID === id && isIll ? 500 : 200 }))
  const hook = { Url: receiver.url, Secret: 'open sesame', AllowPrivateAddresses: true }
  const server = await start('order', {
    all: hook,
    studies: { ...hook, Events: ['NewStudy'], Levels: ['Study'] },
    'nobody there': { Url: 'http://127.0.0.1:9/', AllowPrivateAddresses: true },
  })
  await upload(server, image)
  await until(() => receiver.received.some(({ status }) => status === 500), 'a refused delivery')
  const studies = () => receiver.accepted().filter(({ ChangeType }) => ChangeType === 'NewStudy')
  await until(() => studies().length === 2, 'a study told to two hooks')
  // The same resource again, and others, while it is still refused.
  assert.equal((await request(server.httpPort, 'DELETE', `/instances/${id}`)).status, 200)
  await upload(server, image)
  await upload(server, seriesOf('others', 20, 4, 4))
  const isOther = ({ ChangeType, ID }: Change) => ChangeType === 'NewInstance' && ID !== id
  await until(() => receiver.accepted().filter(isOther).length === 20, 'deliveries about other resources')
  assert.deepEqual(
    receiver.accepted().filter(({ ID }) => ID === id),
    [],
  )
  isIll = false
  await until(() => receiver.accepted().filter(({ ID }) => ID === id).length === 2, 'both after the failures')
  const order = receiver.received.filter(({ change }) => change.ID === id).map(({ change }) => change.Seq)
  assert.deepEqual(
    order,
    order.toSorted((one, other) => one - other),
  )
  assert.equal(new Set(order).size, 2)

  // One study that was new twice and another one, told to two hooks.
  await until(() => studies().length === 6, 'deliveries about studies')
  for (const { headers, body } of receiver.received) {
    const signed = `${headers['x-kingsfoil-delivery']}.${headers['x-kingsfoil-timestamp']}.${body}`
    const expected = createHmac('sha256', 'open sesame').update(signed).digest('hex')
    assert.equal(headers['x-kingsfoil-signature'], `sha256=${expected}`)
  }
  const refused = receiver.received.filter(({ status }) => status === 500)
  assert.equal(new Set(refused.map(({ headers }) => headers['x-kingsfoil-delivery'])).size, 1)

  assert.deepEqual(await getJson(server.httpPort, '/webhooks'), ['all', 'nobody there', 'studies'])
  const { Last } = await getJson<{ Last: number }>(server.httpPort, '/changes?last')
  await until(
    async () => (await getJson<Hook>(server.httpPort, '/webhooks/all')).Cursor === Last,
    'a cursor at the end',
  )
  const { LastError } = await getJson<Hook>(server.httpPort, '/webhooks/all')
  assert.equal(LastError?.HttpStatus, 500)
  const idle = await getJson<Hook>(server.httpPort, '/webhooks/nobody%20there')
  assert.match(idle.LastError?.Error ?? '', /ECONNREFUSED|connect/)
  assert.ok(idle.Cursor < Last)
  const page = await getJson<Log>(server.httpPort, '/webhooks/all/deliveries?limit=5')
  assert.deepEqual([page.Deliveries.length, page.Done], [5, false])
  const rest = await getJson<Log>(server.httpPort, `/webhooks/all/deliveries?since=${page.Last}&limit=1000`)
  assert.equal(rest.Done, true)
  assert.ok([...page.Deliveries, ...rest.Deliveries].some((one) => one.Error === 'HTTP status 500'))
  assert.equal((await server.stop()).code, 0)
})

test('openssl agrees with the signature', {
  skip: skip || (findProgram('openssl') === undefined && 'not installed: openssl'),
  timeout: 60_000,
}, async () => {
  await using receiver = await listen(() => ({ status: 200 }))
  const server = await start('openssl', {
    one: { Url: receiver.url, Secret: 'open sesame', AllowPrivateAddresses: true, Events: ['NewPatient'] },
  })
  await upload(server, seriesOf('openssl', 1, 4, 4))
  await until(() => receiver.received.length === 1, 'a delivery')
  const [first] = receiver.received
  assert.ok(first !== undefined)
  const { headers, body } = first
  const input = `${headers['x-kingsfoil-delivery']}.${headers['x-kingsfoil-timestamp']}.${body}`
  const { stdout } = await run('openssl', ['dgst', '-sha256', '-hmac', 'open sesame', '-r'], { input })
  assert.equal(headers['x-kingsfoil-signature'], `sha256=${stdout.split(' ')[0]}`)
  assert.equal((await server.stop()).code, 0)
})

test('what happens before, while and after the server is killed is delivered', {
  skip,
  timeout: 180_000,
}, async () => {
  await using receiver = await listen(() => ({ status: 200, afterMs: 5 }))
  const webhooks = { all: { Url: receiver.url, AllowPrivateAddresses: true, Events: ['NewInstance'] } }
  const images = seriesOf('killed', 450, 4, 4)
  let server = await start('killed', webhooks)
  for (const part of [0, 1, 2]) {
    const before = receiver.received.length
    await upload(server, images.slice(part * 150, part * 150 + 150))
    // In the middle: some are delivered, others are not.
    await until(() => receiver.received.length > before + 20, 'some deliveries')
    await server.kill()
    server = await start('killed', webhooks)
  }
  const delivered = () => new Set(receiver.accepted().map(({ ID }) => ID))
  await until(() => images.every((image) => delivered().has(instanceIdOf(image))), 'all deliveries')
  const { Changes } = await getJson<{ Changes: readonly Change[] }>(server.httpPort, '/changes?limit=10000')
  const expected = Changes.filter(({ ChangeType }) => ChangeType === 'NewInstance').map(({ Seq }) => Seq)
  const numbers = new Set(receiver.accepted().map(({ Seq }) => Seq))
  assert.deepEqual(
    expected.filter((sequence) => !numbers.has(sequence)),
    [],
  )
  const count = receiver.received.length
  // Far fewer come twice than came at all.
  assert.ok(count < 450 * 2, `${count} deliveries of 450 changes`)
  assert.equal((await server.stop()).code, 0)
})

test('redirects are not followed, and private targets are refused', { skip, timeout: 60_000 }, async () => {
  await using secret = await listen(() => ({ status: 200 }))
  await using redirecting = await listen(() => ({ status: 307, location: secret.url }))
  const { port } = new URL(secret.url)
  const server = await start('private', {
    redirected: { Url: redirecting.url, AllowPrivateAddresses: true, Events: ['NewStudy'] },
    address: { Url: secret.url, Events: ['NewStudy'] },
    name: { Url: `http://localhost:${port}/`, Events: ['NewStudy'] },
    mapped: { Url: `http://[::ffff:7f00:1]:${port}/`, Events: ['NewStudy'] },
  })
  await upload(server, seriesOf('private', 1, 4, 4))
  const errorOf = async (name: string) =>
    (await getJson<Hook>(server.httpPort, `/webhooks/${name}`)).LastError?.Error
  for (const [name, error] of [
    ['redirected', /^Redirects are not followed$/],
    ['address', /^127\.0\.0\.1 is a private address$/],
    ['name', /^localhost is a private address$/],
    ['mapped', /is a private address$/],
  ] as const) {
    await until(async () => (await errorOf(name)) !== undefined, `an error of ${name}`)
    assert.match((await errorOf(name)) ?? '', error)
  }
  assert.ok(redirecting.received.length > 0)
  assert.equal(secret.received.length, 0)
  assert.equal((await server.stop()).code, 0)
})
