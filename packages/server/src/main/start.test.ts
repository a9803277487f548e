import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildDataSet, encodeDataSet, encodeFileMeta, explicitVrLittleEndian } from '@kingsfoil/dicom'
import { connect } from '@kingsfoil/dimse'
import { loadConfig } from '../config/load-config.ts'
import type { Config } from '../config/options.ts'
import { DomainError } from '../model/domain-error.ts'
import { createLog } from './log.ts'
import { type RunningServer, start } from './start.ts'

const encoding = { explicitVr: true, littleEndian: true } as const
const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2'
const log = createLog('silent')

function dataSetOf(sopInstanceUid: string): Uint8Array {
  const dataSet = buildDataSet(encoding, [
    [0x00080016, 'UI', ctImageStorage],
    [0x00080018, 'UI', sopInstanceUid],
    [0x00100020, 'LO', 'P1'],
    [0x0020000d, 'UI', '1.2.1'],
    [0x0020000e, 'UI', '1.2.1.1'],
    [0x7fe00010, 'OW', new Uint8Array(1 << 20)],
  ])
  return encodeDataSet(dataSet, encoding)
}

const metaOf = (sopInstanceUid: string): Uint8Array =>
  encodeFileMeta({ sopClassUid: ctImageStorage, sopInstanceUid, transferSyntaxUid: explicitVrLittleEndian })

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function inFolder(
  body: (folder: string, configure: (overrides?: object) => Promise<Config>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-main-'))
  const configure = async (overrides: object = {}): Promise<Config> => {
    const local = {
      HttpPort: 0,
      DicomPort: 0,
      HttpBindAddresses: ['127.0.0.1'],
      DicomBindAddress: '127.0.0.1',
    }
    const sources = { paths: [], environment: {}, directory: folder, overrides: { ...local, ...overrides } }
    return (await loadConfig(sources)).config
  }
  try {
    await body(folder, configure)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function withServer(
  overrides: object,
  body: (server: RunningServer, get: (path: string) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  await inFolder(async (_, configure) => {
    const server = await start(await configure(overrides), log)
    const get = async (path: string): Promise<unknown> =>
      (await fetch(`http://127.0.0.1:${server.httpPort}${path}`)).json()
    try {
      await body(server, get)
    } finally {
      await server.stop()
    }
  })
}

const associate = (server: RunningServer) =>
  connect({
    host: '127.0.0.1',
    port: server.dicomPort,
    callingAeTitle: 'CT1',
    calledAeTitle: 'ORTHANC',
    presentationContexts: [{ abstractSyntax: ctImageStorage, transferSyntaxes: [explicitVrLittleEndian] }],
  })

test('both servers come up on free ports, and the API tells which', async () => {
  await withServer({ Name: 'Test' }, async (server, get) => {
    assert.ok(server.httpPort > 0 && server.dicomPort > 0)
    const system = (await get('/system')) as Record<string, unknown>
    assert.equal(system.Name, 'Test')
    assert.equal(system.HttpPort, server.httpPort)
    assert.equal(system.DicomPort, server.dicomPort)
  })
})

test('either server can be switched off', async () => {
  await withServer({ DicomServerEnabled: false }, async (server) => {
    assert.equal(server.dicomPort, 0)
    assert.ok(server.httpPort > 0)
  })
  await withServer({ HttpServerEnabled: false }, async (server) => {
    assert.equal(server.httpPort, 0)
    const association = await associate(server)
    await association.release()
  })
})

test('what comes in by C-STORE and by POST is one store, with its origin', async () => {
  await withServer({}, async (server, get) => {
    const association = await associate(server)
    const operation = {
      sopClassUid: ctImageStorage,
      sopInstanceUid: '1.2.1.1.1',
      transferSyntaxUid: explicitVrLittleEndian,
    }
    const dataSet = dataSetOf('1.2.1.1.1')
    assert.equal((await association.store({ ...operation, dataSet: whole(dataSet) })).status, 0)
    const other = { ...operation, sopInstanceUid: '1.2.1.1.2', dataSet: whole(dataSet) }
    assert.equal((await association.store(other)).status, 0xa900)
    await association.release()
    const body = Buffer.concat([metaOf('1.2.1.1.3'), dataSetOf('1.2.1.1.3')])
    const posted = await fetch(`http://127.0.0.1:${server.httpPort}/instances`, { method: 'POST', body })
    assert.equal(posted.status, 200)
    const instances = (await get('/instances')) as string[]
    assert.equal(instances.length, 2)
    const metadata = (await get(`/instances/${instances[0]}/metadata?expand`)) as Record<string, string>
    assert.equal(metadata.Origin, 'DicomProtocol')
    assert.equal(metadata.RemoteAET, 'CT1')
    assert.equal(metadata.CalledAET, 'ORTHANC')
  })
})

test('an upload and a C-STORE under way are finished before the server stops', async () => {
  await inFolder(async (_, configure) => {
    const config = await configure()
    const server = await start(config, log)
    const association = await associate(server)
    const begun = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const slowly = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 500_000)
      begun.resolve()
      await goOn.promise
      yield bytes.subarray(500_000)
    }
    const stored = association.store({
      sopClassUid: ctImageStorage,
      sopInstanceUid: '1.2.1.1.1',
      transferSyntaxUid: explicitVrLittleEndian,
      dataSet: slowly(dataSetOf('1.2.1.1.1')),
    })
    await begun.promise
    const upload = Buffer.concat([metaOf('1.2.1.1.2'), dataSetOf('1.2.1.1.2')])
    const posted = fetch(`http://127.0.0.1:${server.httpPort}/instances`, {
      method: 'POST',
      headers: { connection: 'close' },
      body: ReadableStream.from(slowly(upload)),
      duplex: 'half',
    })
    // The server has to have seen the request before it is told to stop.
    await fetch(`http://127.0.0.1:${server.httpPort}/system`)
    const stopped = server.stop()
    goOn.resolve()
    assert.equal((await stored).status, 0)
    assert.equal((await posted).status, 200)
    await stopped
    const again = await start(config, log)
    const statistics = await fetch(`http://127.0.0.1:${again.httpPort}/statistics`)
    assert.equal(((await statistics.json()) as { CountInstances: number }).CountInstances, 2)
    await again.stop()
  })
})

test('an orderly stop leaves no file in the storage but those of the catalog', async () => {
  await inFolder(async (folder, configure) => {
    const server = await start(await configure(), log)
    await server.stop()
    const entries = await readdir(join(folder, 'data'), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
    assert.ok(
      files.every((name) => /^(catalog|lock)\.sqlite/.test(name)),
      files.join(' '),
    )
  })
})

const fails = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code

function occupy(): Promise<Server> {
  const server = createServer()
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

test('a port in use keeps the server from starting, and leaves nothing open', async () => {
  const taken = await occupy()
  const address = taken.address()
  const port = typeof address === 'object' ? address?.port : undefined
  await inFolder(async (_, configure) => {
    await assert.rejects(start(await configure({ HttpPort: port }), log), fails('HttpPortInUse'))
    await assert.rejects(start(await configure({ DicomPort: port }), log), fails('DicomPortInUse'))
    const server = await start(await configure(), log)
    await server.stop()
  })
  taken.close()
})

test('a server that is read-only takes nothing in', async () => {
  await withServer({ ReadOnly: true }, async (server) => {
    const association = await associate(server)
    const dataSet = whole(dataSetOf('1.2.1.1.1'))
    const operation = { sopClassUid: ctImageStorage, sopInstanceUid: '1.2.1.1.1', dataSet }
    await assert.rejects(association.store({ ...operation, transferSyntaxUid: explicitVrLittleEndian }))
    await association.release()
    const body = Buffer.concat([metaOf('1.2.1.1.3'), dataSetOf('1.2.1.1.3')])
    const posted = await fetch(`http://127.0.0.1:${server.httpPort}/instances`, { method: 'POST', body })
    assert.equal(posted.status, 405)
  })
})

test('a storage that is open cannot be opened again', async () => {
  await inFolder(async (_, configure) => {
    const config = await configure()
    const server = await start(config, log)
    await assert.rejects(start(config, log), fails('DatabaseUnavailable'))
    await server.stop()
  })
})

test('tags of the configuration are known by name', async () => {
  const Dictionary = { '0011,10': ['LO', 'Colour', 1, 1, 'ACME'] }
  await withServer({ Dictionary }, async (server, get) => {
    const dataSet = buildDataSet(encoding, [
      [0x00080016, 'UI', ctImageStorage],
      [0x00080018, 'UI', '1.2.1.1.9'],
      [0x00110010, 'LO', 'ACME'],
      [0x00111010, 'LO', 'green'],
      [0x00100020, 'LO', 'P1'],
      [0x0020000d, 'UI', '1.2.1'],
      [0x0020000e, 'UI', '1.2.1.1'],
    ])
    const body = Buffer.concat([metaOf('1.2.1.1.9'), encodeDataSet(dataSet, encoding)])
    await fetch(`http://127.0.0.1:${server.httpPort}/instances`, { method: 'POST', body })
    const [id] = (await get('/instances')) as string[]
    const tags = (await get(`/instances/${id}/tags?simplify`)) as Record<string, string>
    assert.equal(tags.Colour, 'green')
  })
  await assert.rejects(
    withServer({ Dictionary: { '0011,10': ['XX', 'A'] } }, async () => {}),
    fails('BadParameterType'),
  )
})
