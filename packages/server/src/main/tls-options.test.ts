import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect as openSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildDataSet, encodeDataSet, encodeFileMeta, explicitVrLittleEndian } from '@kingsfoil/dicom'
import { connect, verificationSopClassUid } from '@kingsfoil/dimse'
import { loadConfig } from '../config/load-config.ts'
import { DomainError } from '../model/domain-error.ts'
import type { ErrorCode } from '../model/errors.ts'
import { listen } from '../rest/listener.ts'
import { createLog } from './log.ts'
import { type RunningServer, start } from './start.ts'

const lacks = (program: string, argument: string): string | false =>
  spawnSync(program, [argument]).status === 0 ? false : `${program} is not installed`
const skip = lacks('openssl', 'version')
const skipHttps = skip || lacks('curl', '--version')

/** Makes a certificate for localhost that signs itself, apart from its key and (`.pem`) together with it. */
async function makeCertificate(folder: string, name: string): Promise<void> {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const made = spawnSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert])
  assert.equal(made.status, 0, made.stderr.toString())
  await writeFile(join(folder, `${name}.pem`), Buffer.concat([await readFile(cert), await readFile(key)]))
}

async function withServer(
  overrides: object,
  body: (
    server: RunningServer,
    read: (name: string) => Promise<Buffer>,
    folder: string,
  ) => Promise<void> = async () => {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-tls-'))
  try {
    for (const name of ['server', 'client', 'stranger']) await makeCertificate(folder, name)
    await writeFile(join(folder, 'garbage.pem'), 'garbage')
    const read = (name: string): Promise<Buffer> => readFile(join(folder, name))
    const local = {
      HttpPort: 0,
      DicomPort: 0,
      HttpBindAddresses: ['127.0.0.1'],
      DicomBindAddress: '127.0.0.1',
    }
    const sources = { paths: [], environment: {}, directory: folder, overrides: { ...local, ...overrides } }
    const server = await start((await loadConfig(sources)).config, createLog('silent'))
    try {
      await body(server, read, folder)
    } finally {
      await server.stop()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

interface Credentials {
  readonly ca: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

async function credentialsOf(read: (name: string) => Promise<Buffer>, name?: string): Promise<Credentials> {
  const ca = await read('server.crt')
  return name === undefined ? { ca } : { ca, cert: await read(`${name}.crt`), key: await read(`${name}.key`) }
}

const echo = async (port: number, credentials: Credentials): Promise<number> => {
  const association = await connect({
    host: 'localhost',
    port,
    tls: credentials,
    callingAeTitle: 'TEST',
    calledAeTitle: 'ORTHANC',
    presentationContexts: [
      { abstractSyntax: verificationSopClassUid, transferSyntaxes: ['1.2.840.10008.1.2'] },
    ],
  })
  const status = await association.echo()
  await association.release()
  return status
}

test('DICOM over TLS serves remote applications whose certificate it trusts', { skip }, async () => {
  const options = {
    DicomTlsEnabled: true,
    DicomTlsCertificate: 'server.crt',
    DicomTlsPrivateKey: 'server.key',
    DicomTlsTrustedCertificates: 'client.crt',
  }
  await withServer(options, async ({ dicomPort }, read) => {
    assert.equal(await echo(dicomPort, await credentialsOf(read, 'client')), 0)
    await assert.rejects(echo(dicomPort, await credentialsOf(read)))
    await assert.rejects(echo(dicomPort, await credentialsOf(read, 'stranger')))
  })
  await withServer({ ...options, DicomTlsRemoteCertificateRequired: false }, async ({ dicomPort }, read) => {
    assert.equal(await echo(dicomPort, await credentialsOf(read)), 0)
  })
})

/** What `curl` prints; its exit code (curl.se/docs/manpage.html, EXIT CODES) when it fails. */
function curl(folder: string, ...args: readonly string[]): Promise<Buffer | number> {
  const { promise, resolve } = Promise.withResolvers<Buffer | number>()
  const process = spawn('curl', ['-sS', '--max-time', '20', '--cacert', 'server.crt', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const chunks: Buffer[] = []
  process.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  process.once('close', (code) => resolve(code === 0 ? Buffer.concat(chunks) : (code ?? -1)))
  return promise
}

const systemOf = async (folder: string, port: number, ...args: readonly string[]): Promise<unknown> => {
  const printed = await curl(folder, ...args, `https://localhost:${port}/system`)
  return typeof printed === 'number' ? printed : JSON.parse(printed.toString())
}

const isSecure = (system: unknown): boolean =>
  typeof system === 'object' &&
  system !== null &&
  'IsHttpServerSecure' in system &&
  system.IsHttpServerSecure === true

const handshakeFailed = 35

function largeInstance(): Buffer {
  const [sopClassUid, sopInstanceUid] = ['1.2.840.10008.5.1.4.1.1.2', '1.2.1.1.1']
  const encoding = { explicitVr: true, littleEndian: true } as const
  const dataSet = buildDataSet(encoding, [
    [0x00080016, 'UI', sopClassUid],
    [0x00080018, 'UI', sopInstanceUid],
    [0x0020000d, 'UI', '1.2.1'],
    [0x0020000e, 'UI', '1.2.1.1'],
    [0x7fe00010, 'OW', new Uint8Array(4 << 20).fill(7)],
  ])
  const meta = encodeFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid: explicitVrLittleEndian })
  return Buffer.concat([meta, encodeDataSet(dataSet, encoding)])
}

const https = { SslEnabled: true, SslCertificate: 'server.pem' }

test('HTTPS takes files, gives them back, and says that it is secure', { skip: skipHttps }, async () => {
  await withServer(https, async ({ httpPort }, _, folder) => {
    assert.ok(isSecure(await systemOf(folder, httpPort)))
    const url = `https://localhost:${httpPort}/instances`
    const instance = largeInstance()
    await writeFile(join(folder, 'large.dcm'), instance)
    const posted = await curl(folder, '-H', 'Expect: 100-continue', '--data-binary', '@large.dcm', url)
    const { ID } = JSON.parse(posted.toString()) as { ID: string }
    assert.deepEqual(await curl(folder, `${url}/${ID}/file`), instance)
    assert.equal(typeof (await curl(folder, `http://localhost:${httpPort}/system`)), 'number')
  })
  await withServer({}, async ({ httpPort }, _, folder) => {
    const system = await curl(folder, `http://localhost:${httpPort}/system`)
    assert.equal(JSON.parse(system.toString()).IsHttpServerSecure, false)
  })
})

test('HTTPS refuses clients whose certificate it does not trust', { skip: skipHttps }, async () => {
  const options = { ...https, SslVerifyPeers: true, SslTrustedClientCertificates: 'client.crt' }
  await withServer(options, async ({ httpPort }, _, folder) => {
    assert.ok(isSecure(await systemOf(folder, httpPort, '--cert', 'client.crt', '--key', 'client.key')))
    for (const version of ['1.2', '1.3']) {
      const stranger = ['--cert', 'stranger.crt', '--key', 'stranger.key']
      assert.equal(typeof (await systemOf(folder, httpPort, '--tls-max', version)), 'number')
      assert.equal(typeof (await systemOf(folder, httpPort, '--tls-max', version, ...stranger)), 'number')
    }
  })
})

test('HTTPS keeps to its versions and ciphers', { skip: skipHttps }, async () => {
  const tls12 = ['--tls-max', '1.2']
  const tls13 = ['--tlsv1.3']
  await withServer(https, async ({ httpPort }, _, folder) => {
    assert.ok(isSecure(await systemOf(folder, httpPort, ...tls12)))
    assert.ok(isSecure(await systemOf(folder, httpPort, ...tls13)))
    const unlisted = ['--ciphers', 'ECDHE-ECDSA-CHACHA20-POLY1305']
    assert.equal(await systemOf(folder, httpPort, ...tls12, ...unlisted), handshakeFailed)
  })
  await withServer({ ...https, SslMinimumProtocolVersion: 5 }, async ({ httpPort }, _, folder) => {
    assert.equal(await systemOf(folder, httpPort, ...tls12), handshakeFailed)
    assert.ok(isSecure(await systemOf(folder, httpPort, ...tls13)))
  })
  const cipher = 'ECDHE-ECDSA-AES128-GCM-SHA256'
  await withServer({ ...https, SslCiphersAccepted: [cipher] }, async ({ httpPort }, _, folder) => {
    const other = ['--ciphers', 'ECDHE-ECDSA-AES256-GCM-SHA384']
    assert.equal(await systemOf(folder, httpPort, ...tls12, ...other), handshakeFailed)
    assert.ok(isSecure(await systemOf(folder, httpPort, ...tls12, '--ciphers', cipher)))
    assert.ok(isSecure(await systemOf(folder, httpPort, ...tls13)))
  })
})

test('what is wrong with TLS keeps the server from starting, and is named', { skip }, async () => {
  const wrong: readonly (readonly [options: object, code: ErrorCode, key: string])[] = [
    [{ DicomTlsEnabled: true }, 'InexistentFile', 'DicomTlsCertificate: not given'],
    [{ SslEnabled: true }, 'InexistentFile', 'SslCertificate: ENOENT'],
    [{ SslEnabled: true, SslCertificate: '.' }, 'InexistentFile', 'SslCertificate: EISDIR'],
    [{ SslEnabled: true, SslCertificate: 'server.crt' }, 'BadFileFormat', 'SslCertificate ('],
    [{ SslEnabled: true, SslCertificate: 'garbage.pem' }, 'BadFileFormat', 'SslCertificate ('],
    [{ ...https, SslCiphersAccepted: ['NO-SUCH'] }, 'ParameterOutOfRange', 'SslCiphersAccepted (NO-SUCH)'],
    [{ ...https, SslVerifyPeers: true }, 'InexistentFile', 'SslTrustedClientCertificates: ENOENT'],
    [
      { ...https, SslVerifyPeers: true, SslTrustedClientCertificates: 'garbage.pem' },
      'BadFileFormat',
      'SslTrustedClientCertificates (',
    ],
    [
      { DicomTlsEnabled: true, DicomTlsCertificate: 'server.crt', DicomTlsPrivateKey: 'client.key' },
      'BadFileFormat',
      'DicomTlsPrivateKey (',
    ],
  ]
  for (const [options, code, key] of wrong) {
    const names = (error: unknown) =>
      error instanceof DomainError && error.code === code && error.message.includes(key)
    await assert.rejects(withServer(options), names, JSON.stringify(options))
  }
})

test('connections in the TLS handshake do not keep the HTTP server from closing', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-tls-'))
  t.after(() => rm(folder, { recursive: true }))
  await makeCertificate(folder, 'server')
  const [cert, key] = [await readFile(join(folder, 'server.crt')), await readFile(join(folder, 'server.key'))]
  const options = { port: 0, bindAddresses: ['127.0.0.1'], requestTimeout: 0, keepAliveTimeout: 1 }
  const listener = await listen(() => {}, { ...options, tls: { cert, key }, maxHeaderSize: 8192 })
  const socket = openSocket(listener.port, '127.0.0.1')
  await once(socket, 'connect')
  const closed = once(socket.resume(), 'close')
  await listener.close(1)
  await closed
})
