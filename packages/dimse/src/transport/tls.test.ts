import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { AssociationError } from '../dimse/dimse-error.ts'
import { RawPeer } from './testing/raw-peer.ts'
import { associate, chunksOf, countBytes, ctOperation, startServer } from './testing/server.ts'

const skip = hasOpenssl() ? false : 'openssl, which makes the certificate, is not installed'

describe('DICOM over TLS', { skip }, () => {
  let directory = ''
  let identity = { key: '', cert: '' }

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'kingsfoil-tls-'))
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
    const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    execFileSync('openssl', ['req', '-x509', ...algorithm, ...subject, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    })
    identity = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  })

  after(() => rmSync(directory, { recursive: true }))

  it('verifies and stores, each side knowing the other', async (t) => {
    let length = 0
    const server = await startServer(t, {
      tls: { ...identity, ca: identity.cert, requestCert: true, rejectUnauthorized: true },
      handlers: {
        echo: async () => 0,
        store: async ({ dataSet }) => {
          length = await countBytes(dataSet)
          return 0
        },
      },
    })
    const association = await associate(t, server, { tls: { ...identity, ca: identity.cert } })
    assert.equal(await association.echo(), 0)
    assert.equal((await association.store(ctOperation(chunksOf(20, 100_000)))).status, 0)
    assert.equal(length, 2_000_000)
    await association.release()
    await assert.rejects(associate(t, server, { tls: { ca: identity.cert } }), AssociationError)
  })

  it('does not trust an unknown certificate', async (t) => {
    const server = await startServer(t, { tls: identity })
    await assert.rejects(associate(t, server, { tls: {} }), AssociationError)
  })

  it('does not speak without TLS', async (t) => {
    const server = await startServer(t, { tls: identity, timeouts: { associateTimeout: 50 } })
    await assert.rejects(associate(t, server), AssociationError)
    const silent = await RawPeer.connect(t, server)
    assert.deepEqual(await silent.next(), { type: 'closed' })
    const association = await associate(t, server, { tls: { ca: identity.cert } })
    assert.equal(await association.echo(), 0)
    await association.release()
  })
})

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
