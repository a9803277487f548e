import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'
import { request } from './support/http.ts'
import { Client, md5Of } from './support/instances.ts'
import { run, skipWithout } from './support/processes.ts'
import {
  type RunningServer,
  sharedFolder,
  skipWithoutServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'

const samples = join(sharedFolder, 'samples')
const folder = temporaryFolder('archive')
const skip =
  skipWithoutServer('kingsfoil') ||
  skipWithoutServer('orthanc') ||
  (!existsSync(samples) && 'no ../shared/samples')
let [ours, theirs]: RunningServer[] = []
let [mine, other]: Client[] = []

before(async () => {
  if (skip) return
  ours = await startServer('kingsfoil', { folder: join(folder.path, 'a') })
  theirs = await startServer('orthanc', { folder: join(folder.path, 'b') })
  mine = new Client(ours.httpPort)
  other = new Client(theirs.httpPort)
  for (const name of readdirSync(samples, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.(dcm|wl)$/.test(name)) continue
    const file = readFileSync(join(samples, name))
    const { status } = await mine.send('POST', '/instances', file)
    if (status === 200) await other.send('POST', '/instances', file)
  }
})

after(async () => {
  mine?.close()
  other?.close()
  await Promise.all([ours?.kill(), theirs?.kill()])
  folder.remove()
})

const collect = async (chunks: AsyncIterable<Uint8Array>) => Buffer.concat(await Array.fromAsync(chunks))

async function archivesOf(method: string, path: string, body?: string): Promise<readonly [Buffer, Buffer]> {
  const answers = await Promise.all([mine, other].map((client) => client?.send(method, path, body)))
  const [one, another] = answers
  assert.deepEqual(
    answers.map((answer) => answer?.status),
    [200, 200],
  )
  return [one?.body ?? Buffer.alloc(0), another?.body ?? Buffer.alloc(0)]
}

/** Names by the MD5 of what they name. */
async function namesIn(archive: Buffer): Promise<ReadonlyMap<string, readonly string[]>> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(archive, { lazyEntries: true }, (error, opened) => (opened ? resolve(opened) : reject(error)))
  })
  const names = new Map<string, string[]>()
  const note = async (entry: Entry): Promise<void> => {
    const content = await new Promise<Buffer>((resolve, reject) => {
      zip.openReadStream(entry, (error, stream) => (stream ? resolve(collect(stream)) : reject(error)))
    })
    const md5 = md5Of(content)
    names.set(md5, [...(names.get(md5) ?? []), entry.fileName])
    zip.readEntry()
  }
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: Entry) => void note(entry).catch(reject))
    zip.once('end', () => resolve(names)).once('error', reject)
    zip.readEntry()
  })
}

/** Orthanc 1.10.1 leaves out what is neither letter, digit, dot nor underscore, and counts the files of a series. */
const comparable = (names: readonly string[] | undefined) =>
  names
    ?.map((name) =>
      name
        .replace(/-?\d+\.dcm$/, '')
        .split('/')
        .map((part) => part.replace(/[^A-Za-z0-9]/g, '')),
    )
    .map((parts) => parts.join('/'))
    .sort()

async function assertSameNames([ours, theirs]: readonly [Buffer, Buffer]): Promise<void> {
  const [names, others] = [await namesIn(ours), await namesIn(theirs)]
  assert.deepEqual([...names.keys()].sort(), [...others.keys()].sort())
  for (const [md5, own] of names) assert.deepEqual(comparable(own), comparable(others.get(md5)))
}

const idsOf = async (collection: string) =>
  JSON.parse((await other?.send('GET', `/${collection}`))?.body.toString() ?? '[]') as readonly string[]

for (const collection of ['patients', 'studies', 'series']) {
  test(`archives of ${collection} have the files and folders of Orthanc's`, { skip }, async (t) => {
    const ids = await idsOf(collection)
    assert.ok(ids.length > 30)
    for (const id of ids) await assertSameNames(await archivesOf('GET', `/${collection}/${id}/archive`))
    t.diagnostic(`${ids.length} archives`)
  })
}

test('so have archives of many resources, where namesakes meet', { skip }, async () => {
  const patients = await idsOf('patients')
  const [series, instances] = [await idsOf('series'), await idsOf('instances')]
  for (const ids of [patients, [...series.slice(0, 20), ...instances.slice(0, 40)], instances]) {
    await assertSameNames(await archivesOf('POST', '/tools/create-archive', JSON.stringify(ids)))
  }
})

test('an archive is about as large as theirs', { skip }, async (t) => {
  const ids = JSON.stringify(await idsOf('patients'))
  const [one, another] = await archivesOf('POST', '/tools/create-archive', ids)
  t.diagnostic(`${(one.length / another.length).toFixed(3)} of Orthanc's`)
  assert.ok(one.length <= another.length * 1.05)
})

const check = `
import sys, zipfile
for path in sys.argv[1:]:
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None
    print(len(archive.infolist()))
`

test('unzip and Python find nothing wrong with any kind of archive', {
  skip: skip || skipWithout('unzip', 'python3'),
}, async () => {
  const resources = (await idsOf('patients')).join(',')
  const paths: string[] = []
  for (const [name, query] of [
    ['deflated', ''],
    ['stored', '&store-only'],
  ]) {
    const answer = await mine?.send('GET', `/tools/create-archive?resources=${resources}${query}`)
    assert.equal(answer?.status, 200)
    const path = join(folder.path, `${name}.zip`)
    writeFileSync(path, answer.body)
    paths.push(path)
  }
  for (const path of paths) {
    const result = await run('unzip', ['-tq', path])
    assert.equal(result.code, 0, result.stdout + result.stderr)
  }
  const result = await run('python3', ['-c', check, ...paths])
  assert.equal(result.stderr, '')
  const count = String((await idsOf('instances')).length)
  assert.deepEqual(result.stdout.trim().split('\n'), [count, count])
})

test('a stored archive that was broken off is completed by a range', { skip }, async () => {
  const [study] = await idsOf('studies')
  const path = `/studies/${study}/archive?store-only`
  const whole = await request(ours?.httpPort ?? 0, 'GET', path)
  assert.equal(Number(whole.headers['content-length']), whole.body.length)
  const middle = whole.body.length >> 1
  const parts = await Promise.all(
    [`0-${middle - 1}`, `${middle}-`].map((range) =>
      request(ours?.httpPort ?? 0, 'GET', path, { headers: { Range: `bytes=${range}` } }),
    ),
  )
  for (const { status, headers } of parts) {
    assert.equal(status, 206)
    assert.equal(headers.etag, whole.headers.etag)
  }
  assert.ok(Buffer.concat(parts.map(({ body }) => body)).equals(whole.body))
})
