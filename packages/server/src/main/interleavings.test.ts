import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildDataSet, encodeDataSet, encodeFileMeta, standardDictionary } from '@kingsfoil/dicom'
import fc from 'fast-check'
import { FilesystemBlobStore } from '../blobs/filesystem-blob-store.ts'
import { Catalog } from '../catalog/catalog.ts'
import { readStoredIdEntries } from '../catalog/instance-ids.fixture.ts'
import type { Capacity } from '../catalog/operations/make-room.ts'
import { Changes } from '../changes/changes.ts'
import { Stability } from '../changes/stability.ts'
import { Find } from '../find/find.ts'
import { TagPlaces } from '../find/query-tag.ts'
import { Ingest } from '../ingest/ingest.ts'
import { DomainError } from '../model/domain-error.ts'
import { type Level, levels } from '../model/level.ts'
import { mainTags } from '../model/main-tags.ts'
import { type ResourceIds, resourceIds } from '../model/resource-id.ts'
import { checkStorage } from '../resources/check-storage.ts'
import { Reclaimer } from '../resources/reclaimer.ts'
import { Resources } from '../resources/resources.ts'

const clients = 32
const encoding = { explicitVr: true, littleEndian: true } as const
const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2'

/** Few names, so that the clients meet. */
const names = fc.record({
  patient: fc.nat(3),
  study: fc.nat(1),
  series: fc.nat(1),
  instance: fc.nat(3),
})
type Names = typeof names extends fc.Arbitrary<infer Value> ? Value : never

const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('upload' as const),
      names,
      pixels: fc.nat(600),
      overwrite: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), names, level: fc.constantFrom(...levels) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('find' as const), names, level: fc.constantFrom(...levels) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('protect' as const), names, isProtected: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), names }) },
)
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never

const capacities = fc.record<Capacity>({
  bytes: fc.constantFrom(0, 6000, 20_000),
  patients: fc.constantFrom(0, 1, 3),
  mode: fc.constantFrom('Recycle', 'Reject'),
})

const identifiersOf = ({ patient, study, series, instance }: Names) => ({
  patientId: `P${patient}`,
  studyInstanceUid: `1.${study + 1}`,
  seriesInstanceUid: `1.${study + 1}.${series + 1}`,
  sopInstanceUid: `1.${study + 1}.${series + 1}.${instance + 1}`,
})

const idOf = (level: Level, ids: ResourceIds): string =>
  ({ Patient: ids.patient, Study: ids.study, Series: ids.series, Instance: ids.instance })[level]

function fileOf(own: Names, pixels: number): Buffer {
  const { patientId, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = identifiersOf(own)
  const dataSet = buildDataSet(encoding, [
    [0x00080016, 'UI', [ctImageStorage]],
    [0x00080018, 'UI', [sopInstanceUid]],
    [0x00100020, 'LO', [patientId]],
    [0x0020000d, 'UI', [studyInstanceUid]],
    [0x0020000e, 'UI', [seriesInstanceUid]],
    [0x7fe00010, 'OW', new Uint8Array(2 * pixels)],
  ])
  const transferSyntaxUid = '1.2.840.10008.1.2.1'
  const meta = encodeFileMeta({ sopClassUid: ctImageStorage, sopInstanceUid, transferSyntaxUid })
  return Buffer.concat([meta, encodeDataSet(dataSet, encoding)])
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function openRooms(folder: string, capacity: Capacity) {
  const errors: unknown[] = []
  const clock = { now: Date.UTC(2026, 0, 2) }
  const time = () => clock.now
  const blobs = new FilesystemBlobStore(folder)
  const reclaim = (): void => reclaimer.wake()
  const catalog = await Catalog.open(folder, { capacity, onRecycle: reclaim, slice: 3 })
  const reclaimer = new Reclaimer(blobs, catalog, (error) => errors.push(error))
  const changes = new Changes(catalog)
  const onError = (error: unknown) => errors.push(error)
  const stability = new Stability({ catalog, changes, clock: time, stableAge: 60, onError, perPage: 5 })
  const text = { dictionary: standardDictionary, defaultCharacterSet: 'ISO_IR 100' }
  const ingest = new Ingest({
    blobs,
    catalog,
    changes,
    clock: time,
    text,
    overwriteInstances: false,
    reclaim,
  })
  const resources = new Resources({ blobs, catalog, cacheBytes: 1e6, reclaim })
  const find = new Find({
    search: catalog.search,
    places: new TagPlaces(mainTags),
    text,
    readHeader: async (id) => (await resources.header(id))?.dataSet,
    fileAccess: 'Always',
    limits: { results: 0, instances: 0 },
  })
  const close = async () => {
    await stability.stop()
    await reclaimer.idle()
    await blobs.close()
    await catalog.close()
  }
  return { errors, clock, blobs, catalog, reclaimer, stability, ingest, resources, find, close }
}

type Rooms = Awaited<ReturnType<typeof openRooms>>

async function perform(rooms: Rooms, one: Command): Promise<void> {
  const { clock, catalog, stability, ingest, resources, find } = rooms
  const ids = resourceIds(identifiersOf(one.names))
  switch (one.kind) {
    case 'upload': {
      const { overwrite } = one
      const bytes = whole(fileOf(one.names, one.pixels))
      const received = await ingest.receive(bytes, { kind: 'RestApi' }, { overwrite }).catch((error) => {
        // The one error that may be.
        if (error instanceof DomainError && error.code === 'FullStorage') return undefined
        throw error
      })
      if (received !== undefined) assert.deepEqual(received.ids, ids)
      if (overwrite) assert.notEqual(received?.status, 'AlreadyStored')
      break
    }
    case 'delete':
      await resources.remove(one.level, idOf(one.level, ids))
      break
    case 'find': {
      const all = { ancestors: [], labels: undefined, metadata: [], order: [], since: 0, limit: 0 }
      const found: string[] = []
      for await (const { id } of find.find({ ...all, level: one.level, constraints: [] })) found.push(id)
      assert.equal(new Set(found).size, found.length)
      break
    }
    case 'protect':
      await catalog.setProtected(ids.patient, one.isProtected)
      break
    case 'wait':
      clock.now += 30_500
      await stability.check()
  }
}

/** Ids at each level, of which each is in exactly one parent, and none has nothing below it. */
async function readTree(catalog: Catalog): Promise<Readonly<Record<Level, readonly string[]>>> {
  const list = (level: Level) => catalog.list(level, { since: 0, limit: 0 })
  const all = {
    Patient: await list('Patient'),
    Study: await list('Study'),
    Series: await list('Series'),
    Instance: await list('Instance'),
  }
  for (const [above, below] of [
    ['Patient', 'Study'],
    ['Study', 'Series'],
    ['Series', 'Instance'],
  ] as const) {
    const children = await Promise.all(all[above].map((id) => catalog.descendants(above, id, below)))
    for (const each of children) assert.notEqual(each?.length, 0, `a ${above} has nothing below it`)
    assert.deepEqual(children.flat().sort(), all[below].toSorted())
    assert.equal(new Set(all[below]).size, all[below].length)
  }
  return all
}

async function checkAll(rooms: Rooms, capacity: Capacity, folder: string): Promise<void> {
  const { catalog, blobs, reclaimer, clock, stability } = rooms
  await reclaimer.idle()
  const findings: unknown[] = []
  for await (const finding of checkStorage(catalog, blobs, { verify: true })) {
    const isSlot = finding.kind === 'orphan' && finding.size === 0
    if (!isSlot) findings.push(finding)
  }
  assert.deepEqual(findings, [])
  assert.deepEqual(await catalog.listRemovals(10), [])
  const { entries, rows } = readStoredIdEntries(folder)
  assert.deepEqual(entries, rows)

  const tree = await readTree(catalog)
  for (const id of tree.Instance) assert.equal(await catalog.hasInstance(id), true)
  const files = await catalog.files(undefined, 1000)
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  const { patients, studies, series, instances, diskSize } = await catalog.statistics()
  assert.deepEqual(
    [patients, studies, series, instances, Number(diskSize)],
    [...levels.map((level) => tree[level].length), bytes],
  )
  if (capacity.bytes > 0) assert.ok(bytes <= capacity.bytes)
  if (capacity.patients > 0) assert.ok(patients <= capacity.patients)

  clock.now += 100_000
  await stability.check()
  await checkChanges(catalog, tree)
}

async function checkChanges(catalog: Catalog, tree: Awaited<ReturnType<typeof readTree>>): Promise<void> {
  const { changes } = await catalog.changes({ limit: 100_000 })
  const sequences = changes.map(({ sequence }) => sequence)
  assert.deepEqual(
    sequences,
    [...new Set(sequences)].sort((a, b) => a - b),
  )
  for (const level of levels) {
    const born = changes.filter(({ type }) => type === `New${level}`).map(({ resourceId }) => resourceId)
    assert.deepEqual(born.sort(), tree[level].toSorted(), `each ${level} is new once`)
    if (level === 'Instance') continue
    for (const id of tree[level]) {
      assert.equal((await catalog.get(level, id))?.isStable, true)
      const own = changes.filter(({ resourceId }) => resourceId === id).map(({ type }) => type)
      assert.equal(own[0], `New${level}`)
      assert.equal(own.at(-1), `Stable${level}`)
    }
  }
}

test('whatever clients do at once: no loss, no duplicate, no orphan, exact totals, consistent changes', () => {
  const scripts = fc.array(command, { minLength: clients, maxLength: 6 * clients })
  return fc.assert(
    fc.asyncProperty(capacities, scripts, async (capacity, commands) => {
      const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-interleavings-'))
      const rooms = await openRooms(folder, capacity)
      try {
        await Promise.all(
          Array.from({ length: clients }, async (_, client) => {
            for (let at = client; at < commands.length; at += clients) {
              const next = commands[at]
              if (next !== undefined) await perform(rooms, next)
            }
          }),
        )
        await checkAll(rooms, capacity, folder)
        assert.deepEqual(rooms.errors, [])
      } finally {
        await rooms.close()
        await rm(folder, { recursive: true })
      }
    }),
    { numRuns: 20, endOnFailure: true },
  )
})
