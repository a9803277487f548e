import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'
import { Archives } from '../packages/server/src/archives/archives.ts'
import { FilesystemBlobStore } from '../packages/server/src/blobs/filesystem-blob-store.ts'
import { Catalog } from '../packages/server/src/catalog/catalog.ts'
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
let theirs: RunningServer | undefined
let client: Client
let catalog: Catalog
let blobs: FilesystemBlobStore
let archives: Archives

before(async () => {
  if (skip) return
  const ours = await startServer('kingsfoil', { folder: join(folder.path, 'a') })
  theirs = await startServer('orthanc', { folder: join(folder.path, 'b') })
  client = new Client(theirs.httpPort)
  const own = new Client(ours.httpPort)
  for (const name of readdirSync(samples, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.(dcm|wl)$/.test(name)) continue
    const file = readFileSync(join(samples, name))
    const accepted = (await own.send('POST', '/instances', file)).status === 200
    if (accepted) await client.send('POST', '/instances', file)
  }
  own.close()
  await ours.stop()
  catalog = await Catalog.open(ours.storage)
  blobs = new FilesystemBlobStore(ours.storage)
  archives = new Archives({ blobs, catalog })
})

after(async () => {
  if (!skip) {
    client.close()
    await blobs.close()
    await catalog.close()
  }
  await theirs?.kill()
  folder.remove()
})

const collect = async (chunks: AsyncIterable<Uint8Array>) => Buffer.concat(await Array.fromAsync(chunks))

async function makeArchive(ids: readonly string[], options: { utf8?: boolean } = {}): Promise<Buffer> {
  const resources = ids.map((id) => ({ id }))
  const plan = await archives.plan({ resources, utf8: options.utf8 ?? false, unknown: 'UnknownResource' })
  const onSkipped = (_: unknown, error: unknown) => assert.fail(String(error))
  return collect(archives.stream(plan, { method: 'deflated', onSkipped }))
}

/** Names by the MD5 of what they name. */
async function namesIn(archive: Buffer): Promise<ReadonlyMap<string, readonly string[]>> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(archive, { lazyEntries: true }, (error, opened) => (opened ? resolve(opened) : reject(error)))
  })
  const next = () =>
    new Promise<Entry | undefined>((resolve, reject) => {
      zip
        .once('entry', resolve)
        .once('end', () => resolve(undefined))
        .once('error', reject)
      zip.readEntry()
    })
  const names = new Map<string, string[]>()
  for (let entry = await next(); entry !== undefined; entry = await next()) {
    const at = entry
    const content = await new Promise<Buffer>((resolve, reject) => {
      zip.openReadStream(at, (error, stream) => (stream ? resolve(collect(stream)) : reject(error)))
    })
    const md5 = md5Of(content)
    names.set(md5, [...(names.get(md5) ?? []), at.fileName])
  }
  return names
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

async function assertSameNames(ours: Buffer, theirArchive: Buffer): Promise<void> {
  const [mine, other] = [await namesIn(ours), await namesIn(theirArchive)]
  assert.deepEqual([...mine.keys()].sort(), [...other.keys()].sort())
  for (const [md5, names] of mine) assert.deepEqual(comparable(names), comparable(other.get(md5)))
}

const idsOf = async (collection: string) =>
  JSON.parse((await client.send('GET', `/${collection}`)).body.toString()) as readonly string[]

for (const collection of ['patients', 'studies', 'series']) {
  test(`archives of ${collection} have the files and folders of Orthanc's`, { skip }, async (t) => {
    const ids = await idsOf(collection)
    assert.ok(ids.length > 30)
    for (const id of ids) {
      const answer = await client.send('GET', `/${collection}/${id}/archive`)
      await assertSameNames(await makeArchive([id]), answer.body)
    }
    t.diagnostic(`${ids.length} archives`)
  })
}

test('so have archives of many resources, where namesakes meet', { skip }, async () => {
  const [patients, series, instances] = [
    await idsOf('patients'),
    await idsOf('series'),
    await idsOf('instances'),
  ]
  for (const ids of [patients, [...series.slice(0, 20), ...instances.slice(0, 40)], instances]) {
    const answer = await client.send('POST', '/tools/create-archive', JSON.stringify(ids))
    await assertSameNames(await makeArchive(ids), answer.body)
  }
})

test('an archive is about as large as theirs', { skip }, async (t) => {
  const ids = await idsOf('patients')
  const answer = await client.send('POST', '/tools/create-archive', JSON.stringify(ids))
  const ratio = (await makeArchive(ids)).length / answer.body.length
  t.diagnostic(`${ratio.toFixed(3)} of Orthanc's`)
  assert.ok(ratio <= 1.05)
})

const check = `
import sys, zipfile
for path in sys.argv[1:]:
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None
    print(len(archive.infolist()), sum(info.file_size for info in archive.infolist()))
`

test('unzip and Python find nothing wrong with any kind of archive', {
  skip: skip || skipWithout('unzip', 'python3'),
}, async () => {
  const resources = (await idsOf('patients')).map((id) => ({ id }))
  const plan = await archives.plan({ resources, utf8: true, unknown: 'UnknownResource' })
  const onSkipped = (_: unknown, error: unknown) => assert.fail(String(error))
  const write = async (name: string, chunks: AsyncIterable<Uint8Array>) => {
    const path = join(folder.path, `${name}.zip`)
    writeFileSync(path, await collect(chunks))
    return path
  }
  const paths = [
    await write('deflated', archives.stream(plan, { method: 'deflated', onSkipped })),
    await write('stored', archives.stream(plan, { method: 'stored', onSkipped })),
    await write('known', (await archives.openStored(plan, { onSkipped })).read()),
  ]
  for (const path of paths) {
    const result = await run('unzip', ['-tq', path])
    assert.equal(result.code, 0, result.stdout + result.stderr)
  }
  const result = await run('python3', ['-c', check, ...paths])
  assert.equal(result.stderr, '')
  const line = `${plan.instances} ${plan.uncompressedSize}`
  assert.deepEqual(result.stdout.trim().split('\n'), [line, line, line])
})
