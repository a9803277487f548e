import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { explicitVrLittleEndian } from '@kingsfoil/dicom'
import { type ScpOptions, startScp } from '../../remotes/scp.fixture.ts'
import { makeFile } from '../dicom.fixture.ts'
import { startServer, type TestServer } from '../server.fixture.ts'

const jpegBaseline = '1.2.840.10008.1.2.4.50'

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says
  readonly body: any
}

async function send(
  server: TestServer,
  method: string,
  path: string,
  body?: string | Buffer,
): Promise<Answer> {
  const answer = await fetch(server.url + path, {
    method,
    ...(body !== undefined && { body: body as string }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

const codeOf = ({ status, body }: Answer) => [status, body?.OrthancStatus]

/** A server that knows an SCP as `there`. */
async function startBoth(t: TestContext, options: ScpOptions = {}) {
  const scp = await startScp(t, options)
  const server = await startServer()
  t.after(() => server[Symbol.asyncDispose]())
  const modality = JSON.stringify(['THERE', '127.0.0.1', scp.destination.port])
  assert.equal((await send(server, 'PUT', '/modalities/there', modality)).status, 200)
  return { server, scp }
}

describe('the list of modalities', () => {
  it('is changed by clients', async () => {
    await using server = await startServer()
    assert.deepEqual((await send(server, 'GET', '/modalities')).body, [])
    assert.deepEqual(await send(server, 'PUT', '/modalities/b', '["B", "host", 104, "GE"]'), {
      status: 200,
      body: undefined,
    })
    const whole = {
      AET: 'A',
      Host: 'h',
      Port: '104',
      AllowEcho: false,
      LocalAet: 'ME',
      Timeout: 3,
      Unknown: 1,
    }
    assert.equal((await send(server, 'PUT', '/modalities/a', JSON.stringify(whole))).status, 200)
    assert.deepEqual((await send(server, 'GET', '/modalities')).body, ['a', 'b'])
    const expected = {
      AET: 'A',
      AllowEcho: false,
      AllowEventReport: true,
      AllowFind: true,
      AllowFindWorklist: true,
      AllowGet: true,
      AllowMove: true,
      AllowNAction: true,
      AllowStore: true,
      AllowTranscoding: true,
      Host: 'h',
      LocalAet: 'ME',
      Manufacturer: 'Generic',
      Port: 104,
      RetrieveMethod: 'SystemDefault',
      Timeout: 3,
      UseDicomTls: false,
    }
    assert.deepEqual((await send(server, 'GET', '/modalities/a/configuration')).body, expected)
    const { body } = await send(server, 'GET', '/modalities?expand')
    assert.deepEqual([body.a, body.b.Manufacturer], [expected, 'GE'])
    assert.deepEqual((await send(server, 'GET', '/modalities/a')).body, [
      'configuration',
      'echo',
      'store',
      'store-straight',
    ])
    assert.equal((await send(server, 'DELETE', '/modalities/a')).status, 200)
    assert.deepEqual((await send(server, 'GET', '/modalities')).body, ['b'])
  })

  it('has names and values that are possible', async () => {
    await using server = await startServer()
    for (const [path, body, expected] of [
      ['/modalities/b%20c', '["B", "h", 104]', [400, 15]],
      ['/modalities/b', '["B", "h", 0]', [400, 3]],
      ['/modalities/b', '["B", "h", 70000]', [400, 3]],
      ['/modalities/b', '["B", "h", 104, "Nope"]', [400, 3]],
      ['/modalities/b', '["B", "h"]', [400, 15]],
      ['/modalities/b', '{}', [400, 15]],
      ['/modalities/b', '"x"', [400, 15]],
      ['/modalities/b', '{"AET":"A title of 17 ch.","Host":"h","Port":104}', [400, 15]],
      ['/modalities/b', '{"AET":"B","Host":"h","Port":104,"AllowEcho":"x"}', [400, 15]],
      ['/modalities/b', 'x', [400, 8]],
      ['/modalities/b', '', [400, 8]],
    ] as const) {
      assert.deepEqual(codeOf(await send(server, 'PUT', path, body)), expected, body)
    }
    assert.deepEqual((await send(server, 'GET', '/modalities')).body, [])
  })

  it('knows whom it does not know', async () => {
    await using server = await startServer()
    assert.deepEqual(await send(server, 'GET', '/modalities/no'), { status: 404, body: undefined })
    for (const [method, path, body] of [
      ['GET', '/modalities/no/configuration', undefined],
      ['DELETE', '/modalities/no', undefined],
      ['POST', '/modalities/no/echo', '{}'],
      ['POST', '/modalities/no/store', '["x"]'],
      ['POST', '/modalities/no/store-straight', makeFile()],
    ] as const) {
      assert.deepEqual(codeOf(await send(server, method, path, body)), [404, 7], path)
    }
  })
})

describe('echo', () => {
  it('answers {}', async (t) => {
    const { server, scp } = await startBoth(t)
    for (const body of ['', '{}', '[]', '{"Timeout": 5, "CheckFind": false}']) {
      assert.deepEqual(await send(server, 'POST', '/modalities/there/echo', body), { status: 200, body: {} })
    }
    const { host, port } = scp.destination
    for (const body of [['THERE', host, port], { AET: 'THERE', Host: host, Port: port }]) {
      assert.equal((await send(server, 'POST', '/tools/dicom-echo', JSON.stringify(body))).status, 200)
    }
  })

  it('fails', async (t) => {
    const { server, scp } = await startBoth(t)
    const echo = (body: string) => send(server, 'POST', '/modalities/there/echo', body)
    assert.deepEqual(codeOf(await echo('x')), [400, 8])
    assert.deepEqual(codeOf(await echo('{"Timeout": "x"}')), [400, 8])
    assert.deepEqual(codeOf(await send(server, 'POST', '/tools/dicom-echo', '{}')), [400, 15])
    const { body, status } = await echo('{"CheckFind": true}')
    assert.deepEqual([status, body.ErrorPayload.Type], [500, 'Dimse'])
    await scp.abort()
    assert.deepEqual(codeOf(await echo('{}')), [500, 9])
  })
})

describe('pages of others', () => {
  it('make the server call nobody', async (t) => {
    const { server, scp } = await startBoth(t)
    const { host, port } = scp.destination
    for (const [path, body] of [
      ['/modalities/there/echo', '{}'],
      ['/tools/dicom-echo', JSON.stringify(['THERE', host, port])],
      ['/modalities/there/store', '["x"]'],
      ['/modalities/there/store-straight', makeFile()],
    ] as const) {
      const headers = { 'Sec-Fetch-Site': 'cross-site' }
      const answer = await fetch(server.url + path, { method: 'POST', headers, body: body as string })
      assert.equal(answer.status, 403, path)
    }
    assert.deepEqual(scp.proposals, [])
  })
})

describe('store-straight', () => {
  it('ends the association when its client goes away', async (t) => {
    const asked = Promise.withResolvers<void>()
    const { server, scp } = await startBoth(t, {
      answer: () => {
        asked.resolve()
        return new Promise(() => {})
      },
    })
    const client = new AbortController()
    const path = `${server.url}/modalities/there/store-straight`
    const sending = fetch(path, { method: 'POST', body: makeFile(), signal: client.signal })
    await asked.promise
    client.abort()
    await assert.rejects(sending, { name: 'AbortError' })
    while (scp.counts.broken === 0) await setImmediate()
    assert.deepEqual(server.log, [])
  })

  it('sends a file that is not stored', async (t) => {
    const { server, scp } = await startBoth(t)
    const file = makeFile({ pixels: Buffer.alloc(1_000_000, 5) })
    assert.deepEqual(await send(server, 'POST', '/modalities/there/store-straight', file), {
      status: 200,
      body: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7', SOPInstanceUID: '1.2.3.3' },
    })
    const [received] = scp.received
    assert.equal(received?.transferSyntaxUid, explicitVrLittleEndian)
    assert.ok(file.subarray(-received.dataSet.length).equals(received.dataSet))
    assert.deepEqual((await send(server, 'GET', '/instances')).body, [])
    assert.deepEqual(await server.temporaryFiles(), [])
  })

  it('sends nothing else', async (t) => {
    const { server, scp } = await startBoth(t)
    const straight = (body: Buffer) => send(server, 'POST', '/modalities/there/store-straight', body)
    assert.deepEqual(codeOf(await straight(Buffer.from('no DICOM'))), [400, 15])
    assert.deepEqual(codeOf(await straight(Buffer.alloc(0))), [400, 15])
    const pixels = { fragments: [Buffer.alloc(0), Buffer.alloc(4)] }
    const compressed = makeFile({ transferSyntax: jpegBaseline, pixels })
    assert.deepEqual(codeOf(await straight(compressed)), [500, 2015])
    assert.deepEqual(scp.received, [])
    assert.deepEqual(await server.temporaryFiles(), [])
  })
})
