import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  buildDataSet,
  encodeDataSet,
  encodeFileMeta,
  type NewElement,
  standardDictionary,
} from '@kingsfoil/dicom'
import { FilesystemBlobStore } from '../blobs/filesystem-blob-store.ts'
import { Catalog } from '../catalog/catalog.ts'
import { Changes } from '../changes/changes.ts'
import { DomainError } from '../model/domain-error.ts'
import type { ErrorCode } from '../model/errors.ts'
import { Ingest } from './ingest.ts'
import { rebuildCatalog } from './rebuild-catalog.ts'

const explicit = { explicitVr: true, littleEndian: true }
const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2'

interface Rooms {
  readonly folder: string
  readonly blobs: FilesystemBlobStore
  readonly catalog: Catalog
  readonly ingest: Ingest
}

async function openRooms(folder: string, overwriteInstances = false): Promise<Rooms> {
  const blobs = new FilesystemBlobStore(folder)
  const catalog = await Catalog.open(folder)
  const ingest = new Ingest({
    blobs,
    catalog,
    changes: new Changes(catalog),
    clock: () => Date.UTC(2026, 0, 2, 3, 4, 5),
    text: { dictionary: standardDictionary, defaultCharacterSet: 'ISO_IR 100' },
    overwriteInstances,
    reclaim: () => undefined,
  })
  return { folder, blobs, catalog, ingest }
}

async function closeRooms({ blobs, catalog }: Rooms): Promise<void> {
  await blobs.close()
  await catalog.close()
}

async function withRooms(body: (rooms: Rooms) => Promise<void>, overwriteInstances = false): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-ingest-'))
  const rooms = await openRooms(folder, overwriteInstances)
  try {
    await body(rooms)
  } finally {
    await closeRooms(rooms)
    await rm(folder, { recursive: true })
  }
}

function makeFile(sopInstanceUid = '1.2.3', more: readonly NewElement[] = [], pixelBytes = 5000): Buffer {
  const elements: readonly NewElement[] = [
    [0x00080016, 'UI', [ctImageStorage]],
    [0x00080018, 'UI', [sopInstanceUid]],
    [0x00100010, 'PN', ['Doe^Jane']],
    [0x00100020, 'LO', ['P1 ']],
    [0x0020000d, 'UI', ['1.1']],
    [0x0020000e, 'UI', ['1.2']],
    [0x00200013, 'IS', ['7']],
    ...more,
    [0x7fe00010, 'OW', new Uint8Array(pixelBytes)],
  ]
  const meta = encodeFileMeta({
    sopClassUid: ctImageStorage,
    sopInstanceUid: '1.2.3',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
  })
  return Buffer.concat([meta, encodeDataSet(buildDataSet(explicit, elements), explicit)])
}

async function* pieces(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const fails = (code: ErrorCode) => (error: unknown) => error instanceof DomainError && error.code === code

const origin = { kind: 'DicomProtocol', remoteAet: 'SCU', calledAet: 'SCP', remoteIp: '127.0.0.1' } as const

test('an instance is stored byte for byte, with its identifiers, main tags and metadata', () =>
  withRooms(async ({ ingest, catalog, blobs }) => {
    const bytes = makeFile()
    for (const size of [1, 999, bytes.length]) {
      const { status, ids } = await ingest.receive(pieces(bytes, size), origin)
      assert.equal(status, size === 1 ? 'Success' : 'AlreadyStored')
      const stored = await catalog.get('Instance', ids.instance)
      assert.equal(stored?.mainTags['0020,0013'], '7')
      assert.equal(stored?.metadata[1], '7')
      assert.equal(stored?.metadata[2], '20260102T030405')
      assert.equal(stored?.metadata[3], 'SCU')
      assert.equal(stored?.metadata[9], '1.2.840.10008.1.2.1')
      assert.equal(stored?.metadata[14], String(bytes.length - 5000 - 12))
      const patient = await catalog.get('Patient', ids.patient)
      assert.deepEqual(patient?.mainTags, { '0010,0010': 'Doe^Jane', '0010,0020': 'P1' })
      const read = Buffer.concat(await Array.fromAsync(blobs.read(stored?.file?.blobKey ?? '')))
      assert.deepEqual(read, bytes)
    }
  }))

test('an instance that is there already is not stored again, whether small or large', () =>
  withRooms(async ({ ingest, catalog, blobs }) => {
    const files = [makeFile('1.2.3.1'), makeFile('1.2.3.2', [], 100_000)]
    for (const status of ['Success', 'AlreadyStored', 'AlreadyStored']) {
      for (const file of files) assert.equal((await ingest.receive(pieces(file), origin)).status, status)
    }
    const twice = makeFile('1.2.3.3')
    const received = [ingest.receive(pieces(twice), origin), ingest.receive(pieces(twice), origin)]
    const statuses = (await Promise.all(received)).map(({ status }) => status)
    assert.deepEqual(statuses.sort(), ['AlreadyStored', 'Success'])
    assert.equal((await catalog.statistics()).instances, 3)
    const sizes = await Promise.all((await Array.fromAsync(blobs.list())).map((key) => blobs.size(key)))
    const expected = [...files, twice].map((file) => file.length)
    assert.deepEqual(sizes.filter((size) => size !== 0).sort(), expected.sort())
  }))

test('an instance that differs from what the command announced is refused', () =>
  withRooms(async ({ ingest, catalog }) => {
    for (const expect of [
      { sopClassUid: ctImageStorage, sopInstanceUid: '9.9' },
      { sopClassUid: '1.2', sopInstanceUid: '1.2.3' },
    ]) {
      await assert.rejects(ingest.receive(pieces(makeFile()), origin, { expect }), fails('SopClassMismatch'))
    }
    assert.equal((await catalog.statistics()).instances, 0)
  }))

test('a file cut anywhere is refused and leaves nothing behind', () =>
  withRooms(async ({ ingest, catalog, blobs }) => {
    const bytes = makeFile()
    for (let end = 0; end < bytes.length; end += 97) {
      await assert.rejects(ingest.receive(pieces(bytes.subarray(0, end)), origin), fails('BadFileFormat'))
    }
    assert.equal((await catalog.statistics()).instances, 0)
    const sizes = await Promise.all((await Array.fromAsync(blobs.list())).map((key) => blobs.size(key)))
    assert.ok(sizes.every((size) => size === 0))
  }))

test('what is no DICOM, or lacks a UID, is refused', () =>
  withRooms(async ({ ingest }) => {
    const noUid = makeFile('')
    for (const bytes of [Buffer.from('hello'), Buffer.alloc(4000), Buffer.alloc(0), noUid]) {
      await assert.rejects(ingest.receive(pieces(bytes), origin), fails('BadFileFormat'))
    }
  }))

test('a sender that goes away in the middle leaves nothing behind', () =>
  withRooms(async ({ ingest, catalog }) => {
    const bytes = makeFile()
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, bytes.length - 100)
      throw new Error('connection lost')
    }
    await assert.rejects(ingest.receive(broken(), origin), /connection lost/)
    assert.equal((await catalog.statistics()).instances, 0)
  }))

test('a replaced instance gives its old blob up for removal', () =>
  withRooms(async ({ ingest, catalog }) => {
    const first = await ingest.receive(pieces(makeFile()), origin)
    const old = (await catalog.get('Instance', first.ids.instance))?.file?.blobKey
    assert.equal((await ingest.receive(pieces(makeFile()), origin)).status, 'Success')
    assert.deepEqual(await catalog.listRemovals(10), [old])
  }, true))

test('the same instance sent many times at once is stored once', () =>
  withRooms(async ({ ingest, catalog, blobs }) => {
    const all = await Promise.all(
      Array.from({ length: 30 }, () => ingest.receive(pieces(makeFile()), origin)),
    )
    assert.equal(all.filter((each) => each.status === 'Success').length, 1)
    assert.equal((await catalog.statistics()).instances, 1)
    const sizes = await Promise.all((await Array.fromAsync(blobs.list())).map((key) => blobs.size(key)))
    assert.equal(sizes.filter((size) => size !== 0).length, 1)
  }))

test('values longer than the catalog takes stay in the file alone, and overlong UIDs are refused', () =>
  withRooms(async ({ ingest, catalog }) => {
    const long = makeFile('1.2.3', [[0x00204000, 'LT', ['x'.repeat(300)]]])
    const { ids } = await ingest.receive(pieces(long), origin)
    assert.equal((await catalog.get('Instance', ids.instance))?.mainTags['0020,4000'], undefined)
    await assert.rejects(
      ingest.receive(pieces(makeFile(`1.${'2'.repeat(300)}`)), origin),
      fails('BadFileFormat'),
    )
  }))

test('a lost catalog stops the start, and is rebuilt from the blobs', () =>
  withRooms(async (rooms) => {
    const { ids } = await rooms.ingest.receive(pieces(makeFile()), origin)
    await closeRooms(rooms)
    for (const name of ['catalog.sqlite', 'catalog.sqlite-wal', 'catalog.sqlite-shm']) {
      await rm(join(rooms.folder, name), { force: true })
    }
    const again = await openRooms(rooms.folder)
    await assert.rejects(again.ingest.recover(), fails('Database'))
    await closeRooms(again)
    const later = await openRooms(rooms.folder)
    await assert.rejects(later.ingest.recover(), fails('Database'))
    const outcomes = await Array.fromAsync(rebuildCatalog(later.ingest, later.catalog, later.blobs))
    assert.deepEqual(
      outcomes.map((each) => each.outcome),
      ['adopted'],
    )
    assert.equal(await later.catalog.hasInstance(ids.instance), true)
    await later.ingest.recover()
    assert.equal(await later.catalog.hasInstance(ids.instance), true)
    await closeRooms(later)
  }))

test('after a crash, recovery keeps what the catalog knows and removes the rest', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-ingest-'))
  const crashed = await openRooms(folder)
  await crashed.ingest.recover()
  const { ids } = await crashed.ingest.receive(pieces(makeFile()), origin)
  const abandoned = await crashed.blobs.write(pieces(Buffer.from('half an instance')))
  // The blob store is left as it is: a killed process closes nothing.
  await crashed.catalog.close()
  const next = await openRooms(folder)
  const { kept, removed } = await next.ingest.recover()
  assert.equal(kept, 1)
  assert.ok(removed >= 1)
  assert.equal(await next.blobs.size(abandoned.key), undefined)
  const stored = await next.catalog.get('Instance', ids.instance)
  assert.ok(((await next.blobs.size(stored?.file?.blobKey ?? '')) ?? 0) > 5000)
  await closeRooms(next)
  await rm(folder, { recursive: true })
})
