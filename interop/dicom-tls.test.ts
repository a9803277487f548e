import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { type HttpAnswer, post, request } from './support/http.ts'
import { freePort, run, skipWithout } from './support/processes.ts'
import { type RunningServer, skipWithoutServer, startServer, temporaryFolder } from './support/servers.ts'
import { startStorescp } from './support/storescp.ts'
import { studyFile } from './support/studies.ts'

const skip = skipWithoutServer('kingsfoil') || skipWithout('storescp', 'openssl')
const folder = temporaryFolder('dicom-tls')
const at = (name: string): string => join(folder.path, name)

let server: RunningServer

/** A certificate that signs itself and names no host. */
async function makeCertificate(name: string): Promise<void> {
  const kind = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`]
  const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.crt`)]
  const { code, stderr } = await run('openssl', ['req', '-x509', ...kind, ...files])
  assert.equal(code, 0, stderr)
}

before(async () => {
  if (skip) return
  for (const name of ['server', 'peer', 'stranger']) await makeCertificate(name)
  server = await startServer('kingsfoil', {
    folder: folder.path,
    config: {
      DicomTlsCertificate: at('server.crt'),
      DicomTlsPrivateKey: at('server.key'),
      DicomTlsTrustedCertificates: at('peer.crt'),
    },
  })
})

after(async () => {
  if (!skip) await server?.kill()
  folder.remove()
})

async function startPeer(t: TestContext, identity: string, trusted: string): Promise<string> {
  const received = mkdtempSync(at('received-'))
  const port = await freePort()
  const credentials = ['+tls', at(`${identity}.key`), at(`${identity}.crt`), '+cf', at(`${trusted}.crt`)]
  await startStorescp(t, port, [...credentials, '-rc', '-od', received])
  const modality = { AET: 'PEER', Host: '127.0.0.1', Port: port, UseDicomTls: true, Timeout: 5 }
  const body = JSON.stringify(modality)
  assert.equal((await request(server.httpPort, 'PUT', '/modalities/peer', { body })).status, 200)
  return received
}

const echo = (): Promise<HttpAnswer> => post(server.httpPort, '/modalities/peer/echo', '{}')

describe('DICOM over TLS as SCU, with storescp', { skip }, () => {
  test('each knows the other', async (t) => {
    const received = await startPeer(t, 'peer', 'server')
    assert.equal((await echo()).status, 200)
    const file = studyFile({ name: 'tls', patientId: 'T', patientName: 'Tls', modality: 'OT' })
    const answer = await post(server.httpPort, '/modalities/peer/store-straight', file)
    assert.equal(answer.status, 200, answer.body.toString())
    assert.equal(readdirSync(received).length, 1)
  })

  test('a peer that is not trusted gets nothing', async (t) => {
    await startPeer(t, 'stranger', 'server')
    const answer = await echo()
    assert.equal(answer.status, 500)
    assert.match(answer.body.toString(), /"OrthancStatus" : 9/)
  })

  test('a peer that does not trust this side says so', async (t) => {
    await startPeer(t, 'peer', 'stranger')
    assert.equal((await echo()).status, 500)
  })
})

test('without certificates there is no TLS', { skip }, async (t) => {
  const plain = await startServer('kingsfoil', { folder: mkdtempSync(at('plain-')) })
  t.after(() => plain.kill())
  const body = JSON.stringify({ AET: 'PEER', Host: '127.0.0.1', Port: 1, UseDicomTls: true })
  assert.equal((await request(plain.httpPort, 'PUT', '/modalities/peer', { body })).status, 200)
  const answer = await post(plain.httpPort, '/modalities/peer/echo', '{}')
  assert.match(answer.body.toString(), /DICOM over TLS is not possible: .*DicomTlsCertificate: not given/)
})
