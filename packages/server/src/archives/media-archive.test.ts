import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DicomError, readPart10, standardDictionary, textOf } from '@kingsfoil/dicom'
import { makeFile } from '../rest/dicom.fixture.ts'
import type { ArchivePlan } from './archive-plan.ts'
import { collect, openArchives, type TestArchives, unzip } from './archives.fixture.ts'
import { directoryEntry, mediaEntries } from './media-directory.ts'
import { type MediaLimits, mediaLimits } from './media-limits.ts'
import { listenToEntries, type MediaRecord } from './media-listener.ts'
import { mediaSteps } from './media-names.ts'
import type { Entries } from './pack-entries.ts'
import type { ZipRecord } from './zip-format.ts'

const run = {
  method: 'deflated' as const,
  onSkipped: (_: string | undefined, error: unknown): void => assert.fail(String(error)),
}

const listening = {
  extended: false,
  now: Date.UTC(2026, 2, 4),
  dictionary: standardDictionary,
  defaultCharacterSet: 'ISO_IR 100',
  onUnlisted: (id: string | undefined): void => assert.fail(id),
  onDuplicate: ({ name }: MediaRecord): void => assert.fail(name),
}

async function planOf(
  { archives }: TestArchives,
  ids: readonly string[],
  limits: MediaLimits = mediaLimits,
): Promise<ArchivePlan> {
  const resources = ids.map((id) => ({ id }))
  const plan = await archives.plan({ resources, utf8: false, unknown: 'UnknownResource' })
  return { ...plan, steps: [...mediaSteps(plan.steps, limits)] }
}

/** Names and contents of a media set as one stream. */
async function streamed(
  { archives }: TestArchives,
  plan: ArchivePlan,
  { onSkipped = run.onSkipped, ...heard }: Partial<typeof run & typeof listening> = {},
): Promise<ReadonlyMap<string, Buffer>> {
  const own = { ...run, onSkipped }
  const entries = mediaEntries(archives.entries(plan.steps, own), { ...listening, ...heard })
  return unzip(await collect(archives.streamEntries(entries, own)))
}

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
  const [first, , third, , , , seventh] = await storeSome(archives)
  assert.ok(first && third && seventh)
  const ids = [seventh.patient, third.instance, first.patient, first.study]
  const plan = await planOf(archives, ids)
  assert.equal(plan.instances, 8)
  const files = await streamed(archives, plan)
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
  const stored = await storeSome(archives)
  const plan = await planOf(
    archives,
    stored.map(({ patient }) => patient),
  )
  assert.equal(plan.steps.length, 3)
  const [keys, zip, media]: [string[], ZipRecord[], MediaRecord[]] = [[], [], []]
  let offset = 0
  const keep = async (entries: Entries) => {
    const { blob, records } = await archives.archives.writeEntries(entries, offset, run)
    assert.ok(blob)
    keys.push(blob.key)
    offset += blob.size
    zip.push(...(JSON.parse(JSON.stringify(records)) as ZipRecord[]))
  }
  const onRecord = (record: MediaRecord) => media.push(JSON.parse(JSON.stringify(record)))
  for (const step of plan.steps) {
    const entries = archives.archives.entries([JSON.parse(JSON.stringify(step))], run)
    await keep(listenToEntries(entries, { ...listening, onRecord }))
  }
  await keep([await directoryEntry(media, listening)])
  keys.push((await archives.archives.writeDirectory(zip, offset)).key)
  const bytes: Buffer[] = []
  for (const key of keys) bytes.push(await collect(archives.blobs.read(key)))
  const written = await unzip(Buffer.concat(bytes))
  const whole = await streamed(archives, plan)
  assert.deepEqual([...written.keys()], [...whole.keys()])
  for (const [name, content] of whole) {
    if (name !== 'DICOMDIR') assert.deepEqual(written.get(name), content)
  }
  assert.deepEqual(await tellings(written.get('DICOMDIR')), await tellings(whole.get('DICOMDIR')))
})

test('what is gone or cannot be read is neither in the set nor in its DICOMDIR', async () => {
  await using archives = await openArchives()
  const stored = await storeSome(archives)
  const [first, second, ...others] = stored
  assert.ok(first && second)
  const plan = await planOf(
    archives,
    stored.map(({ patient }) => patient),
  )
  await archives.catalog.deleteResource({ level: 'Instance', id: first.instance })
  await archives.blobs.remove(second.blobKey)
  const skipped: (string | undefined)[] = []
  const onSkipped = (id: string | undefined): void => {
    skipped.push(id)
  }
  const files = await streamed(archives, plan, { onSkipped })
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
  const strange = await archives.store({ instance: '1', content: Buffer.alloc(600, 'no DICOM ') })
  const instance = '1.9'
  const one = await archives.store({ instance: '2', content: makeFile({ instance }) })
  const other = await archives.store({ instance: '3', content: makeFile({ instance }) })
  const [unlisted, duplicates]: [unknown[], string[]] = [[], []]
  const files = await streamed(archives, await planOf(archives, [strange.patient]), {
    onUnlisted: (id: string | undefined, error?: DicomError) => {
      unlisted.push([id, error?.code])
    },
    onDuplicate: ({ name }) => {
      duplicates.push(name)
    },
  })
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
  assert.equal((await planOf(archives, ids, limits)).instances, 8)
  await assert.rejects(planOf(archives, ids, { ...limits, folders: 1 }), { code: 'BadRequest' })
})
