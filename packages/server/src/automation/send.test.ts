import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { buildConnector } from 'undici'
import type { Webhook } from '../model/webhook.ts'
import { publicConnector } from './public-connector.ts'
import { createSender } from './send.ts'
import { webhookLimits } from './webhook-limits.ts'

const message = { deliveryId: 'd1', timestamp: 1_700_000_000, body: '{"Seq":1}', event: 'NewStudy' }

async function receiver(answer: RequestListener) {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const hookTo = (url: string, more: Partial<Webhook> = {}): Webhook => ({
  url,
  types: undefined,
  levels: undefined,
  secret: undefined,
  allowPrivateAddresses: true,
  followRedirects: false,
  timeout: 10,
  maximumAttempts: 0,
  maximumAge: 0,
  ...more,
})

async function send(
  hook: Webhook,
  signal = new AbortController().signal,
  connector?: buildConnector.connector,
): Promise<number> {
  const sender = createSender(hook, { ...webhookLimits, answerBytes: 1000 }, connector)
  try {
    return await sender.send(message, signal)
  } finally {
    await sender.close()
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

test('body, headers, and a signature that node:crypto agrees with', async () => {
  const seen: { headers: IncomingMessage['headers']; body: string; method: string | undefined }[] = []
  await using server = await receiver(async (request, response) => {
    seen.push({ headers: request.headers, method: request.method, body: await readBody(request) })
    response.writeHead(204).end()
  })
  const url = `http://127.0.0.1:${server.port}/hook?x=1`
  assert.equal(await send(hookTo(url, { secret: 'geheim' })), 204)
  assert.equal(await send(hookTo(url)), 204)
  const [signed, unsigned] = seen
  assert.deepEqual([signed?.method, signed?.body], ['POST', message.body])
  assert.equal(signed?.headers['content-type'], 'application/json')
  assert.equal(signed?.headers['x-kingsfoil-event'], 'NewStudy')
  assert.equal(signed?.headers['x-kingsfoil-delivery'], 'd1')
  assert.equal(signed?.headers['x-kingsfoil-timestamp'], '1700000000')
  const expected = createHmac('sha256', 'geheim').update('d1.1700000000.{"Seq":1}').digest('hex')
  assert.equal(signed?.headers['x-kingsfoil-signature'], `sha256=${expected}`)
  assert.equal(unsigned?.headers['x-kingsfoil-signature'], undefined)
})

test('a redirect is an answer, and is not followed', async () => {
  const paths: (string | undefined)[] = []
  await using server = await receiver((request, response) => {
    paths.push(request.url)
    response.writeHead(307, { Location: '/elsewhere' }).end()
  })
  assert.equal(await send(hookTo(`http://127.0.0.1:${server.port}/hook`)), 307)
  assert.deepEqual(paths, ['/hook'])
})

test('a redirect is followed with the same request, where the hook allows it', async () => {
  const seen: string[] = []
  const answers: Readonly<Record<string, readonly [status: number, location?: string]>> = {
    '/moved': [301, '/found'],
    '/found': [302, 'found-again?x=1'],
    '/found-again?x=1': [307, '/permanent'],
    '/permanent': [308, '/here'],
    '/here': [204],
    '/other': [303, '/here'],
    '/nowhere': [307],
    '/file': [307, 'file:///etc/passwd'],
    '/broken': [307, 'http://'],
    '/loop': [307, '/loop'],
  }
  await using server = await receiver(async (request, response) => {
    const signature = String(request.headers['x-kingsfoil-signature']).length
    seen.push(`${request.method} ${request.url} ${await readBody(request)} ${signature}`)
    const [status, location] = answers[request.url ?? ''] ?? [404]
    response.writeHead(status, location === undefined ? {} : { Location: location }).end('x')
  })
  const sendTo = (path: string) =>
    send(hookTo(`http://127.0.0.1:${server.port}${path}`, { secret: 's', followRedirects: true }))
  assert.equal(await sendTo('/moved'), 204)
  assert.deepEqual(
    seen,
    ['/moved', '/found', '/found-again?x=1', '/permanent', '/here'].map(
      (path) => `POST ${path} ${message.body} 71`,
    ),
  )
  seen.length = 0
  assert.equal(await sendTo('/other'), 303)
  assert.equal(await sendTo('/nowhere'), 307)
  assert.equal(seen.length, 2)
  await assert.rejects(sendTo('/file'), { message: 'A redirect to no http or https URL' })
  await assert.rejects(sendTo('/broken'), { message: 'A redirect to no http or https URL' })
  seen.length = 0
  await assert.rejects(sendTo('/loop'), { message: `More than ${webhookLimits.redirects} redirects` })
  assert.equal(seen.length, webhookLimits.redirects + 1)
})

test('a redirect to a private address is refused before it is connected to', async () => {
  const paths: (string | undefined)[] = []
  let location = ''
  await using server = await receiver((request, response) => {
    paths.push(request.url)
    response.writeHead(307, { Location: location }).end()
  })
  const [direct, guarded] = [buildConnector({ timeout: 1000 }), publicConnector(1000)]
  /** A name that stands for a public address; everything else is as usual. */
  const connector: buildConnector.connector = (options, callback) => {
    if (options.hostname !== 'public.example') return guarded(options, callback)
    direct({ ...options, hostname: '127.0.0.1', host: '127.0.0.1' }, callback)
  }
  const hook = hookTo(`http://public.example:${server.port}/hook`, {
    followRedirects: true,
    allowPrivateAddresses: false,
  })
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '0x7f.1']) {
    location = `http://${host}:${server.port}/inside`
    await assert.rejects(send(hook, undefined, connector), { name: 'PrivateAddress' }, host)
  }
  assert.deepEqual([...new Set(paths)], ['/hook'])
})

test('private targets are not even connected to, unless allowed', async () => {
  let connections = 0
  await using server = await receiver((_request, response) => {
    connections += 1
    response.end()
  })
  for (const host of [
    '127.0.0.1',
    '[::ffff:127.0.0.1]',
    'localhost',
    '2130706433',
    '0x7f.1',
    '0.0.0.0',
    '[::1]',
  ]) {
    const hook = hookTo(`http://${host}:${server.port}/`, { allowPrivateAddresses: false })
    await assert.rejects(send(hook), { name: 'PrivateAddress' }, host)
    const secure = { ...hook, url: hook.url.replace('http:', 'https:') }
    await assert.rejects(send(secure), { name: 'PrivateAddress' }, host)
  }
  assert.equal(connections, 0)
})

test('a receiver that is silent is given up; of one that never comes to an end, the status counts', async () => {
  await using silent = await receiver(() => undefined)
  await assert.rejects(send(hookTo(`http://127.0.0.1:${silent.port}/`, { timeout: 0.2 })))
  await using dripping = await receiver((_request, response) => {
    const timer = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(timer))
  })
  assert.equal(await send(hookTo(`http://127.0.0.1:${dripping.port}/`, { timeout: 0.4 })), 200)
})

test('no more of an answer is read than the limit', async () => {
  let written = 0
  await using server = await receiver((_request, response) => {
    const more = (): void => {
      if (response.destroyed) return
      written += 64 * 1024
      response.write(Buffer.alloc(64 * 1024), () => more())
    }
    more()
  })
  await send(hookTo(`http://127.0.0.1:${server.port}/`)).catch(() => undefined)
  assert.ok(written < 20 * 1024 * 1024, `${written} bytes`)
})

test('the signal to end cuts a request', async () => {
  const ending = new AbortController()
  await using server = await receiver(() => ending.abort())
  await assert.rejects(send(hookTo(`http://127.0.0.1:${server.port}/`), ending.signal))
})
