import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPart10, standardDictionary, textOf } from '@kingsfoil/dicom'
import { makeFile } from '../rest/dicom.fixture.ts'
import type { ArchiveRequest } from './archive-plan.ts'
import { collect, openArchives, type TestArchives, unzip } from './archives.fixture.ts'
import { type MediaLimits, mediaLimits } from './media-limits.ts'
import type { MediaRecord } from './media-listener.ts'
import { type MediaRun, MediaSets } from './media-sets.ts'
import type { ZipRecord } from './zip-format.ts'

const run: MediaRun = {
  method: 'deflated',
  extended: false,
  now: Date.UTC(2026, 2, 4),
  onSkipped: (_, error) => assert.fail(String(error)),
  onUnlisted: (id) => assert.fail(id),
  onDuplicate: ({ name }) => assert.fail(name),
}

const request = (...ids: string[]): Omit<ArchiveRequest, 'utf8'> => ({
  resources: ids.map((id) => ({ id })),
  unknown: 'UnknownResource',
})

const setsOf = ({ archives }: TestArchives, limits: MediaLimits = mediaLimits) =>
  new MediaSets({ archives, dictionary: standardDictionary, defaultCharacterSet: 'ISO_IR 100', limits })

/** Two patients, three studies, four series, eight instances. */
async function storeSome({ store }: TestArchives) {
  const stored = []
  for (const [patientId, study, series] of [
    ['P', '1', '1'],
    ['P', '1', '2'],
    ['P', '2', '1'],
    ['Q', '3', '1'],
  ] as const) {
    for (const number of ['1', '2']) {
      const uids = { study: `1.${study}`, series: `1.${study}.${series}` }
      const instance = `${uids.series}.${number}`
      const content = makeFile({ patientId, ...uids, instance, pixels: Buffer.alloc(5000, number) })
      stored.push(await store({ patientId, study, series, instance: number, content }))
    }
  }
  return stored
}

/** What the records of a DICOMDIR say, in the order of the file. */
async function tellings(dicomdir: Buffer | undefined): Promise<readonly string[]> {
  assert.ok(dicomdir)
  const { dataSet } = await readPart10(
    (async function* () {
      yield dicomdir
    })(),
  )
  const value = dataSet.get(0x00041220)?.value
  const items = value?.kind === 'items' ? value.items : []
  const tags = [0x00041430, 0x00100020, 0x0020000d, 0x0020000e, 0x00041511, 0x00041500]
  return items.map((item) => tags.flatMap((tag) => textOf(item, tag) ?? []).join(' '))
}

test('a media set holds every instance once, and its DICOMDIR refers to each', async () => {
  await using archives = await openArchives()
  const sets = setsOf(archives)
  const [first, , third, , , , seventh] = await storeSome(archives)
  assert.ok(first && third && seventh)
  const plan = await sets.plan(request(seventh.patient, third.instance, first.patient, first.study))
  assert.equal(plan.instances, 8)
  const files = await unzip(await collect(sets.stream(plan, run)))
  const names = Array.from({ length: 8 }, (_, position) => `IMAGES/IM${position}`)
  assert.deepEqual([...files.keys()], [...names, 'DICOMDIR'])
  const told = await tellings(files.get('DICOMDIR'))
  assert.equal(told.filter((line) => line.startsWith('PATIENT')).length, 2)
  assert.equal(told.filter((line) => line.startsWith('STUDY')).length, 3)
  assert.equal(told.filter((line) => line.startsWith('SERIES')).length, 4)
  for (const name of names) {
    const { dataSet } = await readPart10(
      (async function* () {
        yield files.get(name) ?? assert.fail(name)
      })(),
    )
    const line = `IMAGE ${textOf(dataSet, 0x00080018)} ${name.replace('/', '\\')}`
    assert.ok(told.includes(line), line)
  }
})

test('parts that steps write are the same set', async () => {
  await using archives = await openArchives({ stepFiles: 3 })
  const sets = setsOf(archives)
  const stored = await storeSome(archives)
  const plan = await sets.plan(request(...stored.map(({ patient }) => patient)))
  assert.equal(plan.steps.length, 3)
  const [keys, zip, media]: [string[], ZipRecord[], MediaRecord[]] = [[], [], []]
  let offset = 0
  const keep = ({ blob, records }: Awaited<ReturnType<typeof sets.writeDicomdir>>) => {
    assert.ok(blob)
    keys.push(blob.key)
    offset += blob.size
    zip.push(...(JSON.parse(JSON.stringify(records)) as ZipRecord[]))
  }
  for (const step of plan.steps) {
    const part = await sets.writePart(JSON.parse(JSON.stringify(step)), offset, run)
    keep(part)
    media.push(...(JSON.parse(JSON.stringify(part.media)) as MediaRecord[]))
  }
  keep(await sets.writeDicomdir(media, offset, run))
  keys.push((await archives.archives.writeDirectory(zip, offset)).key)
  const bytes: Buffer[] = []
  for (const key of keys) bytes.push(await collect(archives.blobs.read(key)))
  const written = await unzip(Buffer.concat(bytes))
  const streamed = await unzip(await collect(sets.stream(plan, run)))
  assert.deepEqual([...written.keys()], [...streamed.keys()])
  for (const [name, content] of streamed) {
    if (name !== 'DICOMDIR') assert.deepEqual(written.get(name), content)
  }
  assert.deepEqual(await tellings(written.get('DICOMDIR')), await tellings(streamed.get('DICOMDIR')))
})

test('what is gone or cannot be read is neither in the set nor in its DICOMDIR', async () => {
  await using archives = await openArchives()
  const sets = setsOf(archives)
  const stored = await storeSome(archives)
  const [first, second, ...others] = stored
  assert.ok(first && second)
  const plan = await sets.plan(request(...stored.map(({ patient }) => patient)))
  await archives.catalog.deleteResource({ level: 'Instance', id: first.instance })
  await archives.blobs.remove(second.blobKey)
  const skipped: (string | undefined)[] = []
  const stream = sets.stream(plan, { ...run, onSkipped: (id) => skipped.push(id) })
  const files = await unzip(await collect(stream))
  assert.deepEqual(skipped.sort(), [first.instance, second.instance].sort())
  const listed = (await tellings(files.get('DICOMDIR'))).filter((line) => line.startsWith('IMAGE'))
  assert.equal(files.size, others.length + 1)
  assert.deepEqual(
    listed.map((line) => line.split(' ')[2]?.replace('\\', '/')),
    [...files.keys()].filter((name) => name !== 'DICOMDIR'),
  )
})

test('what the DICOMDIR cannot list is told', async () => {
  await using archives = await openArchives()
  const sets = setsOf(archives)
  const strange = await archives.store({ instance: '1', content: Buffer.alloc(600, 'no DICOM ') })
  const instance = '1.9'
  const one = await archives.store({ instance: '2', content: makeFile({ instance }) })
  const other = await archives.store({ instance: '3', content: makeFile({ instance }) })
  const [unlisted, duplicates]: [unknown[], string[]] = [[], []]
  const stream = sets.stream(await sets.plan(request(strange.patient)), {
    ...run,
    onUnlisted: (id, error) => unlisted.push([id, error?.code]),
    onDuplicate: ({ name }) => duplicates.push(name),
  })
  const files = await unzip(await collect(stream))
  assert.equal(files.size, 4)
  assert.deepEqual(unlisted, [[strange.instance, 'NotDicom']])
  assert.equal(duplicates.length, 1)
  assert.equal((await tellings(files.get('DICOMDIR'))).filter((line) => line.startsWith('IMAGE')).length, 1)
  assert.notEqual(one.instance, other.instance)
})

test('too many instances are refused before anything is read', async () => {
  await using archives = await openArchives()
  const stored = await storeSome(archives)
  const ids = stored.map(({ patient }) => patient)
  const limits = { ...mediaLimits, folderFiles: 4, folders: 2 }
  assert.equal((await setsOf(archives, limits).plan(request(...ids))).instances, 8)
  const refused = setsOf(archives, { ...limits, folders: 1 }).plan(request(...ids))
  await assert.rejects(refused, { code: 'BadRequest' })
  await assert.rejects(setsOf(archives).plan(request('unknown')), { code: 'UnknownResource' })
})
