import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { get, getJson } from './support/http.ts'
import { Client, findDamage, instanceIdOf, listInstances, md5Of } from './support/instances.ts'
import { findProgram, run, skipWithout, sleep } from './support/processes.ts'
import { noise } from './support/random.ts'
import {
  serverUnderTest,
  sharedFolder,
  skipWithoutServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'
import { imageFile, seriesOf } from './support/synthetic.ts'

const folder = temporaryFolder('clients')
const brainix = join(sharedFolder, 'samples/Brainix')
const withoutSamples = !existsSync(brainix) && 'no ../shared/samples'
const pixels = noise(512 * 512 * 2, 1)

after(() => folder.remove())

const freshFolder = (name: string) => {
  const path = join(folder.path, name)
  mkdirSync(path)
  return path
}

const filesOf = (path: string) =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dcm'))
    .map((name) => join(path, name))

/** Elements of a dump's data set; senders write sequences with lengths of their own choice. */
const valuesOf = (dump: string) =>
  (dump.split('# Dicom-Data-Set')[1] ?? '')
    .split('\n')
    .filter((line) => !/^\s*\(fffe,| SQ /.test(line))
    .join('\n')

/** Options of storescu that propose one transfer syntax besides Implicit VR. */
const proposals: readonly (readonly [syntax: string, option: string])[] = [
  ['1.2.840.10008.1.2', '-xi'],
  ['1.2.840.10008.1.2.1', '-xe'],
  ['1.2.840.10008.1.2.2', '-xb'],
  ['1.2.840.10008.1.2.4.50', '-xy'],
  ['1.2.840.10008.1.2.4.51', '-xx'],
  ['1.2.840.10008.1.2.4.70', '-xs'],
  ['1.2.840.10008.1.2.4.80', '-xt'],
  ['1.2.840.10008.1.2.4.81', '-xu'],
  ['1.2.840.10008.1.2.4.90', '-xv'],
  ['1.2.840.10008.1.2.4.91', '-xw'],
  ['1.2.840.10008.1.2.5', '-xr'],
]

test('storescu sends a study', {
  skip: skipWithoutServer() || skipWithout('storescu', 'echoscu', 'dcmdump') || withoutSamples,
  timeout: 60_000,
}, async (t) => {
  const server = await startServer(serverUnderTest, { folder: freshFolder('storescu') })
  t.after(() => server.kill())
  const port = String(server.dicomPort)
  const env = { TCP_NODELAY: '1' }
  assert.equal((await run('echoscu', ['-aec', 'ORTHANC', '127.0.0.1', port], { env })).code, 0)
  const sent = await run(
    'storescu',
    ['-aet', 'INTEROP', '-aec', 'ORTHANC', '+sd', '+r', '127.0.0.1', port, brainix],
    { env },
  )
  assert.equal(sent.code, 0, sent.stderr)
  assert.equal((await listInstances(server.httpPort)).length, filesOf(brainix).length)
  for (const id of await listInstances(server.httpPort)) {
    const metadata = await getJson<Record<string, string>>(
      server.httpPort,
      `/instances/${id}/metadata?expand`,
    )
    assert.equal(metadata.Origin, 'DicomProtocol')
    assert.equal(metadata.RemoteAET, 'INTEROP')
    assert.equal(metadata.CalledAET, 'ORTHANC')
    assert.equal(metadata.RemoteIP, '127.0.0.1')
  }
  await t.test('and the stored files are those data sets', async () => {
    const dump = async (path: string) => valuesOf((await run('dcmdump', ['+L', '-q', path])).stdout)
    const received = new Map<string, string>()
    for (const id of await listInstances(server.httpPort)) {
      const path = join(folder.path, `${id}.dcm`)
      writeFileSync(path, (await get(server.httpPort, `/instances/${id}/file`)).body)
      const uid = (
        await getJson<{ MainDicomTags: { SOPInstanceUID: string } }>(server.httpPort, `/instances/${id}`)
      ).MainDicomTags.SOPInstanceUID
      received.set(uid, path)
    }
    for (const original of filesOf(brainix).slice(0, 6)) {
      const text = await dump(original)
      const uid = /\(0008,0018\) UI \[([^\]]+)\]/.exec(text)?.[1] ?? ''
      assert.equal(await dump(received.get(uid) ?? ''), text, original)
    }
  })
  await t.test('a second time changes nothing', async () => {
    const again = await run('storescu', ['-aec', 'ORTHANC', '+sd', '+r', '127.0.0.1', port, brainix], { env })
    assert.equal(again.code, 0, again.stderr)
    assert.equal((await listInstances(server.httpPort)).length, filesOf(brainix).length)
  })
  await server.stop()
})

test('storescu in eleven transfer syntaxes', {
  skip: skipWithoutServer() || skipWithout('storescu') || withoutSamples,
  timeout: 60_000,
}, async (t) => {
  const server = await startServer(serverUnderTest, { folder: freshFolder('syntaxes') })
  t.after(() => server.kill())
  for (const [syntax, option] of proposals) {
    const file = join(sharedFolder, 'samples/TransferSyntaxes', `${syntax}.dcm`)
    const args = ['-R', option, '-aec', 'ORTHANC', '127.0.0.1', String(server.dicomPort), file]
    const before = new Set(await listInstances(server.httpPort))
    const sent = await run('storescu', args, { env: { TCP_NODELAY: '1' } })
    assert.equal(sent.code, 0, `${syntax}: ${sent.stderr}`)
    const [id] = (await listInstances(server.httpPort)).filter((one) => !before.has(one))
    const stored = await get(server.httpPort, `/instances/${id}/metadata/TransferSyntax`)
    t.diagnostic(`${syntax} stored as ${stored.body}`)
    assert.equal((await get(server.httpPort, `/instances/${id}/tags`)).status, 200)
  }
  await server.stop()
})

for (const python of [findProgram('python3'), '/usr/bin/python3'].filter(
  (path, index, all) => path !== undefined && existsSync(path) && all.indexOf(path) === index,
)) {
  test(`a Python client uploads and browses (${python})`, {
    skip: skipWithoutServer() || withoutSamples,
    timeout: 60_000,
  }, async (t) => {
    const server = await startServer(serverUnderTest, {
      folder: freshFolder(`python ${md5Of(Buffer.from(python ?? ''))}`),
    })
    t.after(() => server.kill())
    const script = join(import.meta.dirname, 'support/client.py')
    const result = await run(python ?? '', [script, `http://127.0.0.1:${server.httpPort}`, brainix])
    assert.equal(result.code, 0, result.stderr)
    t.diagnostic(result.stdout.trim())
    await server.stop()
  })
}

test('SIGTERM while clients upload: what was accepted is finished, nothing else is there', {
  skip: skipWithoutServer(),
  timeout: 60_000,
}, async (t) => {
  const options = { folder: freshFolder('sigterm') }
  const server = await startServer(serverUnderTest, options)
  t.after(() => server.kill())
  const acknowledged = new Map<string, string>()
  const unanswered = new Set<string>()
  const images = seriesOf('sigterm', 2000, 256, 256)[Symbol.iterator]()
  const client = new Client(server.httpPort)
  const one = async () => {
    for (let next = images.next(); !next.done; next = images.next()) {
      const file = imageFile(next.value, pixels)
      const answer = await client.send('POST', '/instances', file).catch(() => undefined)
      if (answer === undefined) unanswered.add(instanceIdOf(next.value))
      if (answer?.status !== 200) return
      acknowledged.set(instanceIdOf(next.value), md5Of(file))
    }
  }
  const uploads = Promise.all(Array.from({ length: 6 }, one))
  await sleep(700)
  const started = performance.now()
  const ended = await server.stop()
  t.diagnostic(
    `stopped after ${(performance.now() - started).toFixed(0)} ms; ${acknowledged.size} acknowledged, ${unanswered.size} connections refused or closed`,
  )
  await uploads
  client.close()
  assert.equal(ended.signal, null)
  assert.equal(ended.code, 0)
  assert.equal(performance.now() - started < 10_000, true)
  const again = await startServer(serverUnderTest, options)
  t.after(() => again.kill())
  const listed = await listInstances(again.httpPort)
  assert.deepEqual(await findDamage(again.httpPort, acknowledged, listed), [])
  assert.deepEqual(
    listed.filter((id) => !acknowledged.has(id)),
    [],
    'stored and never answered',
  )
  await again.stop()
})

test('SIGTERM while storescu sends: the instance on its way is finished', {
  skip: skipWithoutServer() || skipWithout('storescu'),
  timeout: 60_000,
}, async (t) => {
  const options = { folder: freshFolder('sigterm dicom') }
  const server = await startServer(serverUnderTest, options)
  t.after(() => server.kill())
  const source = freshFolder('sigterm files')
  for (const image of seriesOf('sigterm dicom', 400, 256, 256))
    writeFileSync(join(source, `${image.instanceNumber}.dcm`), imageFile(image, pixels))
  const sending = run(
    'storescu',
    ['-v', '-aec', 'ORTHANC', '+sd', '127.0.0.1', String(server.dicomPort), source],
    { env: { TCP_NODELAY: '1' } },
  )
  while ((await listInstances(server.httpPort)).length < 10) await sleep(10)
  const started = performance.now()
  const ended = await server.stop()
  const { stdout, stderr } = await sending
  const successes = `${stdout}${stderr}`.split('Store Response (Success)').length - 1
  t.diagnostic(`stopped after ${(performance.now() - started).toFixed(0)} ms; ${successes} acknowledged`)
  assert.equal(ended.code, 0)
  const again = await startServer(serverUnderTest, options)
  t.after(() => again.kill())
  const listed = await listInstances(again.httpPort)
  assert.deepEqual(await findDamage(again.httpPort, new Map(), listed), [])
  assert.equal(
    listed.length >= successes && listed.length <= successes + 1,
    true,
    `${listed.length} stored, ${successes} acknowledged`,
  )
  assert.equal(readFileSync(join(source, '1.dcm')).length > 0, true)
  await again.stop()
})
