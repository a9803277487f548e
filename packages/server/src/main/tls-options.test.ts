import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect, verificationSopClassUid } from '@kingsfoil/dimse'
import { loadConfig } from '../config/load-config.ts'
import { DomainError } from '../model/domain-error.ts'
import { createLog } from './log.ts'
import { type RunningServer, start } from './start.ts'

const openssl = spawnSync('openssl', ['version']).status === 0
const skip = openssl ? false : 'openssl is not installed'

/** Makes a certificate for localhost that signs itself. */
function makeCertificate(folder: string, name: string): void {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const made = spawnSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert])
  assert.equal(made.status, 0, made.stderr.toString())
}

async function withServer(
  overrides: object,
  body: (server: RunningServer, read: (name: string) => Promise<Buffer>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-tls-'))
  try {
    for (const name of ['server', 'client', 'stranger']) makeCertificate(folder, name)
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
      await body(server, read)
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

test('a certificate that is not there is named', { skip }, async () => {
  const fails = (key: string) => (error: unknown) =>
    error instanceof DomainError && error.code === 'InexistentFile' && error.message.includes(key)
  await assert.rejects(
    withServer({ DicomTlsEnabled: true }, async () => {}),
    fails('DicomTlsCertificate: not given'),
  )
})
