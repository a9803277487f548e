import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  buildDataSet,
  encodeDataSet,
  encodeFileMeta,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  type NewElement,
  textOf,
} from '@kingsfoil/dicom'
import { connect, findSopClasses } from '@kingsfoil/dimse'
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
    DicomAlwaysAllowEcho: false,
    DicomAlwaysAllowFind: true,
  }
  const { config } = await loadConfig({ paths: [], environment: {}, directory: folder, overrides })
  server = await start(config, createLog('silent'))
})
after(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

async function send(path: string, body?: string, accept = 'application/json') {
  const request = body === undefined ? { headers: { accept } } : { method: 'PUT', body }
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

test('a modality that becomes known may ask for what it is allowed', async () => {
  const verification = '1.2.840.10008.1.1'
  const put = (fields: object) =>
    send('/modalities/ct', JSON.stringify({ AET: 'CT1', Host: '127.0.0.1', Port: 104, ...fields }))
  assert.equal(await isAccepted(verification, implicitVrLittleEndian), false)
  assert.equal((await put({})).status, 200)
  assert.equal(await isAccepted(verification, implicitVrLittleEndian), true)
  assert.equal((await put({ AllowEcho: false })).status, 200)
  assert.equal(await isAccepted(verification, implicitVrLittleEndian), false)
})

test('the conformance statement and the list tell the same SOP classes', async () => {
  const classes = JSON.parse((await send('/tools/accepted-sop-classes')).text) as readonly string[]
  const { text } = await send('/tools/dicom-conformance')
  assert.ok(classes.includes(ctImageStorage) && classes.length > 100)
  for (const uid of [...classes, '1.2.840.10008.1.1', implicitVrLittleEndian])
    assert.ok(text.includes(uid), uid)
})

const encoding = { explicitVr: true, littleEndian: true } as const

/** An instance of a study of its own whose PatientName is these bytes; returns its id. */
async function upload(number: number, name: readonly number[], characterSet?: string): Promise<string> {
  const sopInstanceUid = `1.2.7.${number}.1.1`
  const declared: readonly NewElement[] = characterSet === undefined ? [] : [[0x00080005, 'CS', characterSet]]
  const dataSet = buildDataSet(encoding, [
    ...declared,
    [0x00080016, 'UI', ctImageStorage],
    [0x00080018, 'UI', sopInstanceUid],
    [0x00100010, 'PN', Uint8Array.from(name)],
    [0x00100020, 'LO', `P${number}`],
    [0x0020000d, 'UI', `1.2.7.${number}`],
    [0x0020000e, 'UI', `1.2.7.${number}.1`],
  ])
  const meta = { sopClassUid: ctImageStorage, sopInstanceUid, transferSyntaxUid: explicitVrLittleEndian }
  const body = Buffer.concat([encodeFileMeta(meta), encodeDataSet(dataSet, encoding)])
  const answer = await fetch(`http://127.0.0.1:${server.httpPort}/instances`, { method: 'POST', body })
  return ((await answer.json()) as { readonly ID: string }).ID
}

/** As each of the answers that are made from the file has it. */
async function namesOf(id: string): Promise<ReadonlySet<string>> {
  const value = async (path: string, accept?: string) =>
    JSON.parse((await send(`/instances/${id}/${path}`, undefined, accept)).text)
  const { ParentSeries } = await value('')
  const many = JSON.parse((await send(`/series/${ParentSeries}/instances-tags?simplify`)).text)
  const dicomJson = await value('file', 'application/dicom+json')
  return new Set([
    (await value('simplified-tags')).PatientName,
    (await value('tags?simplify&ignore-length=PatientName')).PatientName,
    (await value('tags'))['0010,0010'].Value,
    many[id].PatientName,
    dicomJson['00100010'].Value[0].Alphabetic,
  ])
}

async function patientNames(id: string): Promise<string> {
  const { MainDicomTags } = JSON.parse((await send(`/instances/${id}/patient`)).text)
  return MainDicomTags.PatientName
}

/** The patient ID that C-FIND tells for a name, and the character set of its answer. */
async function findByName(name: readonly number[]): Promise<readonly (string | undefined)[]> {
  const association = await connect({
    host: '127.0.0.1',
    port: server.dicomPort,
    callingAeTitle: 'CT1',
    calledAeTitle: 'ORTHANC',
    presentationContexts: [
      { abstractSyntax: findSopClasses.studyRoot, transferSyntaxes: [explicitVrLittleEndian] },
    ],
  })
  const query = buildDataSet(encoding, [
    [0x00080052, 'CS', 'STUDY'],
    [0x00100010, 'PN', Uint8Array.from(name)],
    [0x00100020, 'LO', ''],
  ])
  const found: (string | undefined)[] = []
  for await (const { identifier } of association.find(query, { sopClassUid: findSopClasses.studyRoot })) {
    found.push(textOf(identifier, 0x00100020)?.trim(), textOf(identifier, 0x00080005)?.trim())
  }
  await association.release()
  return found
}

test('text without a character set is read in the default encoding, which changes at once', async () => {
  const path = '/tools/default-encoding'
  assert.deepEqual(await send(path), { status: 200, text: 'Latin1' })
  // 0xd0 0xb0: two letters in Latin 1 and in Cyrillic, one in UTF-8.
  const [silent, declared] = [await upload(1, [0xd0, 0xb0]), await upload(2, [0xd0, 0x20], 'ISO_IR 100')]
  assert.deepEqual(await namesOf(silent), new Set(['Ð°']))
  assert.deepEqual(await findByName([0xd0, 0xb0]), ['P1', 'ISO_IR 100'])
  assert.deepEqual(await send(path, 'cyrillic'), { status: 200, text: 'Cyrillic' })
  assert.equal((await send(path)).text, 'Cyrillic')
  assert.deepEqual(await namesOf(silent), new Set(['аА']))
  assert.deepEqual(await namesOf(declared), new Set(['Ð']))
  // The catalog has what was read when the instance came, until it is read again.
  assert.equal(await patientNames(await upload(3, [0xd0, 0xb0])), 'аА')
  assert.equal(await patientNames(silent), 'Ð°')
  assert.deepEqual(await findByName([0xd0, 0xb0]), ['P3', 'ISO_IR 144'])
  assert.equal((await send(path, 'Utf8')).status, 200)
  assert.deepEqual(await namesOf(silent), new Set(['а']))
  for (const name of ['Klingon', '', ' Latin2']) {
    const { status, text } = await send(path, name)
    assert.deepEqual([status, JSON.parse(text).OrthancStatus], [400, 3], name)
  }
  assert.equal((await send(path)).text, 'Utf8')
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
