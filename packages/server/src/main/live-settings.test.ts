import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { explicitVrLittleEndian, implicitVrLittleEndian } from '@kingsfoil/dicom'
import { connect } from '@kingsfoil/dimse'
import { loadConfig } from '../config/load-config.ts'
import { createLog } from './log.ts'
import { LogLevels } from './log-levels.ts'
import { type RunningServer, start } from './start.ts'

const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2'
const unknownSopClass = '1.2.3.4.5.6'

let folder: string
let server: RunningServer

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kingsfoil-live-'))
  const overrides = {
    HttpPort: 0,
    DicomPort: 0,
    HttpBindAddresses: ['127.0.0.1'],
    DicomBindAddress: '127.0.0.1',
  }
  const { config } = await loadConfig({ paths: [], environment: {}, directory: folder, overrides })
  server = await start(config, createLog('silent'))
})
after(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

async function send(path: string, body?: string) {
  const request = body === undefined ? {} : { method: 'PUT', body }
  const answer = await fetch(`http://127.0.0.1:${server.httpPort}${path}`, request)
  return { status: answer.status, text: await answer.text() }
}

/** Whether an association gets the presentation context. */
async function isAccepted(abstractSyntax: string, transferSyntax: string): Promise<boolean> {
  const association = await connect({
    host: '127.0.0.1',
    port: server.dicomPort,
    callingAeTitle: 'CT1',
    calledAeTitle: 'ORTHANC',
    presentationContexts: [{ abstractSyntax, transferSyntaxes: [transferSyntax] }],
  })
  const accepted = association.info.contexts.size > 0
  await association.release()
  return accepted
}

test('accepted transfer syntaxes change at once', async () => {
  const path = '/tools/accepted-transfer-syntaxes'
  const all = JSON.parse((await send(path)).text) as readonly string[]
  assert.ok(all.includes('1.2.840.10008.1.2.4.50') && all.includes(implicitVrLittleEndian))
  assert.equal(await isAccepted(ctImageStorage, explicitVrLittleEndian), true)
  assert.deepEqual(JSON.parse((await send(path, JSON.stringify([implicitVrLittleEndian]))).text), [
    implicitVrLittleEndian,
  ])
  assert.equal(await isAccepted(ctImageStorage, explicitVrLittleEndian), false)
  assert.equal(await isAccepted(ctImageStorage, implicitVrLittleEndian), true)
  for (const [body, status] of [
    ['[1]', 400],
    ['["x"]', 400],
    ['[', 400],
    ['nope', 400],
  ] as const) {
    assert.equal((await send(path, body)).status, status, body)
  }
  assert.deepEqual(JSON.parse((await send(path, '1.2.840.10008.1.2*')).text), all)
})

test('unknown SOP classes are accepted on demand', async () => {
  const path = '/tools/unknown-sop-class-accepted'
  const [before, after] = [(await send(path)).text, '1']
  assert.equal(before, '0')
  assert.equal(await isAccepted(unknownSopClass, explicitVrLittleEndian), false)
  assert.equal((await send(path, after)).status, 200)
  assert.equal((await send(path)).text, after)
  assert.equal(await isAccepted(unknownSopClass, explicitVrLittleEndian), true)
})

test('the conformance statement and the list tell the same SOP classes', async () => {
  const classes = JSON.parse((await send('/tools/accepted-sop-classes')).text) as readonly string[]
  const { text } = await send('/tools/dicom-conformance')
  assert.ok(classes.includes(ctImageStorage) && classes.length > 100)
  for (const uid of [...classes, '1.2.840.10008.1.1', implicitVrLittleEndian])
    assert.ok(text.includes(uid), uid)
})

test('verbosity by category', async () => {
  for (const name of ['log-level', 'log-level-lua']) {
    assert.equal((await send(`/tools/${name}`)).text, 'default')
    assert.equal((await send(`/tools/${name}`, 'loud')).status, 400)
  }
  assert.equal((await send('/tools/log-level-lua', 'trace')).status, 200)
  assert.equal((await send('/tools/log-level-lua')).text, 'trace')
  assert.equal((await send('/tools/log-level-http')).text, 'default')
})

test('a category sets the level of its log, and of no other', () => {
  const root = createLog('info')
  const levels = new LogLevels(root)
  const [http, dicom] = [levels.child('http'), levels.child('dicom')]
  levels.set('http', 'trace')
  levels.set('generic', 'verbose')
  assert.deepEqual([root.level, http.level, dicom.level], ['debug', 'trace', 'info'])
})
