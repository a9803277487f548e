import assert from 'node:assert/strict'
import { test } from 'node:test'
import { archiveRowsPerPage } from '../catalog/operations/archive-rows.ts'
import { DomainError } from '../model/domain-error.ts'
import type { ArchiveRequest } from './archive-plan.ts'
import { collect, openArchives, type TestArchives, unzip } from './archives.fixture.ts'
import type { ZipRecord } from './zip-format.ts'

const request = (...ids: string[]): ArchiveRequest => ({
  resources: ids.map((id) => ({ id })),
  utf8: false,
  unknown: 'UnknownResource',
})

const run = {
  method: 'deflated',
  onSkipped: (_: unknown, error: unknown) => assert.fail(String(error)),
} as const

/** Two patients; the first has two studies, whose first has two series. */
async function storeSome({ store }: TestArchives) {
  const tags = (name: string) => ({
    patient: { '0010,0010': name },
    study: { '0008,0050': 'A', '0008,1030': 'Scan' },
    series: { '0008,0060': 'MR', '0008,103e': 'flair' },
  })
  const ct = {
    patient: { '0010,0010': 'Doe' },
    study: {},
    series: { '0008,0060': 'CT', '0008,103e': 'axial' },
  }
  return {
    a: await store({ instance: '1', index: '2', tags: tags('Doe') }),
    b: await store({ instance: '2', index: '1', tags: tags('Doe') }),
    c: await store({ instance: '3', series: '2', tags: ct }),
    d: await store({ instance: '4', study: '2', tags: tags('Doe') }),
    e: await store({ instance: '5', patientId: 'Q', tags: tags('Roe') }),
  }
}

const namesOf = async ({ archives }: TestArchives, ...ids: string[]) =>
  [
    ...(
      await unzip(
        await collect(
          archives.streamEntries(archives.entries((await archives.plan(request(...ids))).steps, run), run),
        ),
      )
    ).keys(),
  ].sort()

test('an archive has what lies below its resources, in the folders of all levels', async () => {
  await using test = await openArchives()
  const { a, c, d, e } = await storeSome(test)
  const series = ['P Doe/A Scan/MR flair/MR000001.dcm', 'P Doe/A Scan/MR flair/MR000002.dcm']
  const study = ['P Doe/A Scan/CT axial/CT000000.dcm', ...series]
  assert.deepEqual(await namesOf(test, a.series), series)
  assert.deepEqual(await namesOf(test, a.study), study)
  assert.deepEqual(await namesOf(test, c.instance), ['P Doe/A Scan/CT axial/CT000000.dcm'])
  const patient = await namesOf(test, a.patient)
  assert.equal(patient.length, 4)
  assert.equal(new Set(patient.map((name) => name.split('/')[1])).size, 2)
  assert.deepEqual(await namesOf(test, e.patient, a.study), [...study, 'Q Roe/A Scan/MR flair/MR000000.dcm'])
  assert.deepEqual(await namesOf(test, a.study, a.series, a.instance, a.study), study)
  const [first, second] = [a, d].sort((one, other) => (one.study < other.study ? -1 : 1))
  const numberOf = (ids: typeof a | undefined) => (ids === a ? '000002' : '000000')
  assert.deepEqual(await namesOf(test, d.instance, a.instance), [
    `P Doe/A Scan-2/MR flair/MR${numberOf(second)}.dcm`,
    `P Doe/A Scan/MR flair/MR${numberOf(first)}.dcm`,
  ])
})

test('a plan is plain JSON, and knows how much it is', async () => {
  await using test = await openArchives({ stepFiles: 2 })
  const { a } = await storeSome(test)
  const plan = await test.archives.plan(request(a.patient))
  assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan)
  assert.equal(plan.instances, 4)
  assert.equal(plan.uncompressedSize, 4 * 'content 1.1.1.1'.length)
  assert.deepEqual(
    plan.steps.map(({ folders }) => folders.flatMap(({ files }) => files).length),
    [2, 2],
  )
})

test('steps end at a number of bytes', async () => {
  await using test = await openArchives({ stepBytes: 20 })
  const { a } = await storeSome(test)
  const { steps } = await test.archives.plan(request(a.patient))
  assert.deepEqual(
    steps.map(({ folders }) => folders.flatMap(({ files }) => files).length),
    [2, 2],
  )
})

test('a series of many instances is read in pages', async (t) => {
  await using test = await openArchives()
  const instances = Array.from({ length: archiveRowsPerPage + 10 }, (_, index) => String(index))
  const stored = await Promise.all(instances.map((instance) => test.store({ instance, index: instance })))
  const pages = t.mock.method(test.catalog.archives, 'seriesMembers')
  const locations = t.mock.method(test.catalog.archives, 'locate')
  const plan = await test.archives.plan(request(stored[0]?.series ?? ''))
  assert.equal(pages.mock.callCount(), 2)
  const names = (await Array.fromAsync(test.archives.entries(plan.steps, run))).map(({ name }) => name)
  assert.ok(locations.mock.callCount() < 20)
  assert.equal(new Set(names).size, instances.length)
  assert.deepEqual(names, names.toSorted())
})

test('what is unknown is an error of the kind asked for, at its level alone', async () => {
  await using test = await openArchives()
  const { a } = await storeSome(test)
  const fails = (id: string, more: Partial<ArchiveRequest> = {}) =>
    assert.rejects(
      test.archives.plan({ ...request(a.study, id), ...more }),
      (error) => error instanceof DomainError && error.code === (more.unknown ?? 'UnknownResource'),
    )
  await fails('nope')
  await fails('11111111-22222222-33333333-44444444-55555555', { unknown: 'InexistentItem' })
  await fails('', { resources: [{ id: a.series, level: 'Study' }] })
})

/** Makes an archive as a job does: in parts, of which nothing but JSON is kept in between. */
async function makeInParts({ archives, blobs }: TestArchives, id: string, method: 'deflated' | 'stored') {
  const plan = await archives.plan(request(id))
  const [keys, results]: [string[], string[]] = [[], []]
  let offset = 0
  const missing: (string | undefined)[] = []
  const partRun = { method, onSkipped: (instance: string | undefined) => missing.push(instance) }
  for (const step of plan.steps) {
    const { blob, records } = await archives.writeEntries(archives.entries([step], partRun), offset, partRun)
    results.push(JSON.stringify(records))
    if (blob === undefined) continue
    keys.push(blob.key)
    offset += blob.size
  }
  const records = async function* () {
    for (const result of results) yield* JSON.parse(result) as ZipRecord[]
  }
  const last = await archives.writeDirectory(records(), offset)
  const all = await Promise.all([...keys, last.key].map((key) => collect(blobs.read(key))))
  return { archive: Buffer.concat(all), parts: keys.length, missing }
}

test('parts, one after the other, are an archive', async () => {
  await using test = await openArchives({ stepFiles: 1 })
  const { a } = await storeSome(test)
  for (const method of ['deflated', 'stored'] as const) {
    const { archive, parts } = await makeInParts(test, a.patient, method)
    assert.equal(parts, 4)
    const found = await unzip(archive)
    assert.deepEqual([...found.keys()].sort(), await namesOf(test, a.patient))
    assert.deepEqual([...found.values()].map(String).sort(), [
      'content 1.1.1.1',
      'content 1.1.1.2',
      'content 1.1.2.3',
      'content 1.2.1.4',
    ])
  }
})

test('the stored archive in parts is the one of known length', async () => {
  await using test = await openArchives({ stepFiles: 2 })
  const { a } = await storeSome(test)
  const { archive } = await makeInParts(test, a.patient, 'stored')
  const whole = await test.archives.openStored(await test.archives.plan(request(a.patient)), run)
  assert.equal(whole.length, archive.length)
  assert.ok((await collect(whole.read())).equals(archive))
})

test('what was deleted since the plan, or lost its file, is left out and told', async () => {
  await using test = await openArchives({ stepFiles: 1 })
  const { a, c, d } = await storeSome(test)
  const plan = await test.archives.plan(request(a.patient))
  await test.catalog.deleteResource({ level: 'Instance', id: c.instance })
  await test.blobs.remove(d.blobKey)
  const skipped: (string | undefined)[] = []
  const onSkipped = (id: string | undefined) => skipped.push(id)
  const entries = test.archives.entries(plan.steps, { onSkipped })
  const found = await unzip(await collect(test.archives.streamEntries(entries, { ...run, onSkipped })))
  assert.deepEqual(new Set(skipped), new Set([c.instance, d.instance]))
  assert.equal(found.size, 2)
  const { archive, missing } = await makeInParts(test, a.patient, 'deflated')
  assert.deepEqual(missing, [d.instance])
  assert.equal((await unzip(archive)).size, 2)
})

test('a part of which nothing is left is no blob', async () => {
  await using test = await openArchives()
  const { e } = await storeSome(test)
  const plan = await test.archives.plan(request(e.patient))
  await test.blobs.remove(e.blobKey)
  const [step] = plan.steps
  assert.ok(step !== undefined)
  const before = (await Array.fromAsync(test.blobs.list())).length
  const entries = test.archives.entries([step], run)
  const part = await test.archives.writeEntries(entries, 0, { ...run, onSkipped: () => undefined })
  assert.deepEqual(part, { blob: undefined, records: [] })
  assert.equal((await Array.fromAsync(test.blobs.list())).length, before)
})

test('files have the time they were received', async () => {
  await using test = await openArchives()
  const { a } = await storeSome(test)
  const plan = await test.archives.plan(request(a.instance))
  const [entry] = await Array.fromAsync(test.archives.entries(plan.steps, run))
  assert.equal(entry?.modified, Date.UTC(2026, 0, 2, 3, 4, 6))
})
