import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DataSet, type DicomError, readPart10, standardDictionary, textOf } from '@kingsfoil/dicom'
import type { ByteSpan } from '../blobs/blob-store.ts'
import { DomainError } from '../model/domain-error.ts'
import { makeFile, type TestFile } from '../rest/dicom.fixture.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import { directoryEntry, mediaEntries } from './media-directory.ts'
import { mediaLimits } from './media-limits.ts'
import { listenToEntries, type MediaRecord } from './media-listener.ts'
import { mediaName, mediaSteps } from './media-names.ts'

const text = { dictionary: standardDictionary, defaultCharacterSet: 'ISO_IR 100' }
const now = Date.UTC(2026, 2, 4, 5, 6, 7)

/** An entry whose bytes come in small pieces. */
const entryOf = (bytes: Uint8Array, position: number, size = bytes.length): ArchiveEntry => ({
  instanceId: `id ${position}`,
  name: `IMAGES/IM${position}`,
  modified: 0,
  size,
  async *read({ start, end = bytes.length }: ByteSpan = { start: 0 }) {
    for (let at = start; at < end; at += 100) yield bytes.subarray(at, Math.min(at + 100, end))
  },
})

const fileOf = (position: number, more: TestFile = {}): Buffer =>
  makeFile({ instance: `1.2.9.${position}`, pixels: Buffer.alloc(64), ...more })

async function readAll(entry: ArchiveEntry): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of entry.read()) pieces.push(piece)
  return Buffer.concat(pieces)
}

interface Heard {
  readonly unlisted: (readonly [string | undefined, DicomError | undefined])[]
  readonly duplicates: string[]
}

const listeners = ({ unlisted, duplicates }: Heard) => ({
  onUnlisted: (id: string | undefined, error?: DicomError) => {
    unlisted.push([id, error])
  },
  onDuplicate: ({ name }: MediaRecord) => {
    duplicates.push(name)
  },
})

const nothingHeard = (): Heard => ({ unlisted: [], duplicates: [] })

/** Takes a media set as an archive does: an entry after the other, and passes over what cannot be read. */
async function take(
  entries: readonly ArchiveEntry[],
  { extended = false, heard = nothingHeard(), limits = mediaLimits } = {},
): Promise<ReadonlyMap<string, Buffer>> {
  const taken = new Map<string, Buffer>()
  const options = { ...text, ...listeners(heard), extended, now, limits }
  for await (const entry of mediaEntries(entries, options)) {
    try {
      taken.set(entry.name, await readAll(entry))
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
    }
  }
  return taken
}

async function recordsOf(dicomdir: Buffer | undefined): Promise<readonly DataSet[]> {
  assert.ok(dicomdir)
  const { dataSet } = await readPart10(
    (async function* () {
      yield dicomdir
    })(),
  )
  assert.equal(textOf(dataSet, 0x00041130), 'ORTHANC_MEDIA')
  const value = dataSet.get(0x00041220)?.value
  return value?.kind === 'items' ? value.items : []
}

const fileIds = async (dicomdir: Buffer | undefined): Promise<readonly string[]> =>
  (await recordsOf(dicomdir)).flatMap((record) => textOf(record, 0x00041500) ?? [])

test('the DICOMDIR comes last, and tells of all files that passed', async () => {
  const files = [0, 1, 2].map((position) => fileOf(position))
  const taken = await take(files.map((file, position) => entryOf(file, position)))
  assert.deepEqual([...taken.keys()], ['IMAGES/IM0', 'IMAGES/IM1', 'IMAGES/IM2', 'DICOMDIR'])
  for (const [position, file] of files.entries()) assert.deepEqual(taken.get(`IMAGES/IM${position}`), file)
  const records = await recordsOf(taken.get('DICOMDIR'))
  assert.deepEqual(
    records.map((record) => textOf(record, 0x00041430)),
    ['PATIENT', 'STUDY', 'SERIES', 'IMAGE', 'IMAGE', 'IMAGE'],
  )
  assert.deepEqual(await fileIds(taken.get('DICOMDIR')), ['IMAGES\\IM0', 'IMAGES\\IM1', 'IMAGES\\IM2'])
  assert.equal(textOf(records[0] ?? assert.fail(), 0x00100010), 'Doe^Jérôme')
})

test('the DICOMDIR of an empty set is there, and empty', async () => {
  const taken = await take([])
  assert.deepEqual([...taken.keys()], ['DICOMDIR'])
  assert.deepEqual(await recordsOf(taken.get('DICOMDIR')), [])
})

test('extended keys are those of the whole set', async () => {
  const file = makeFile({ more: [[0x00280010, 'US', Buffer.from([1, 0])]] })
  for (const [extended, rows] of [
    [false, undefined],
    [true, '1'],
  ] as const) {
    const records = await recordsOf((await take([entryOf(file, 0)], { extended })).get('DICOMDIR'))
    assert.equal(textOf(records[3] ?? assert.fail(), 0x00280010), rows)
  }
})

test('what breaks off, or has another size than it should have, is not in the DICOMDIR', async () => {
  const broken: ArchiveEntry = {
    ...entryOf(fileOf(1), 1),
    async *read() {
      yield fileOf(1).subarray(0, 500)
      throw new DomainError('InexistentFile')
    },
  }
  const heard = nothingHeard()
  const entries = [entryOf(fileOf(0), 0), broken, entryOf(fileOf(2), 2, 1), entryOf(fileOf(3), 3)]
  const taken = await take(entries, { heard })
  assert.deepEqual(await fileIds(taken.get('DICOMDIR')), ['IMAGES\\IM0', 'IMAGES\\IM3'])
  assert.deepEqual(heard, nothingHeard())
})

test('what cannot be understood stays in the set, without a record', async () => {
  const noise = Buffer.alloc(1000, 0x55)
  const cut = fileOf(1, { transferSyntax: '1.2.840.10008.1.2.1' }).subarray(0, 400)
  const nameless = makeFile({ instance: '' })
  const heard = nothingHeard()
  const taken = await take(
    [entryOf(noise, 0), entryOf(cut, 1), entryOf(nameless, 2), entryOf(fileOf(3), 3)],
    { heard },
  )
  assert.equal(taken.size, 5)
  assert.deepEqual(taken.get('IMAGES/IM0'), noise)
  assert.deepEqual(await fileIds(taken.get('DICOMDIR')), ['IMAGES\\IM3'])
  assert.deepEqual(
    heard.unlisted.map(([id, error]) => [id, error?.code]),
    [
      ['id 0', 'NotDicom'],
      ['id 1', 'Truncated'],
      ['id 2', undefined],
    ],
  )
})

test('a deflated file is understood', async () => {
  const file = fileOf(0, { deflate: true, transferSyntax: '1.2.840.10008.1.2.1.99' })
  const records = await recordsOf((await take([entryOf(file, 0)])).get('DICOMDIR'))
  assert.equal(textOf(records.at(-1) ?? assert.fail(), 0x00041512), '1.2.840.10008.1.2.1.99')
})

test('the second file of an instance has no record, and that is told', async () => {
  const heard = nothingHeard()
  const same = { instance: '1.2.9.1' }
  const taken = await take(
    [entryOf(fileOf(0, same), 0), entryOf(fileOf(1, { ...same, patientId: 'P2' }), 1)],
    {
      heard,
    },
  )
  assert.deepEqual(await fileIds(taken.get('DICOMDIR')), ['IMAGES\\IM0'])
  assert.deepEqual(heard.duplicates, ['IMAGES/IM1'])
})

test('records noted step by step, as JSON, make the same DICOMDIR', async () => {
  const entries = [0, 1, 2, 3].map((position) =>
    entryOf(fileOf(position, { series: `1.2.${position % 2}` }), position),
  )
  const noted: MediaRecord[] = []
  const heard = nothingHeard()
  for (const step of [entries.slice(0, 2), entries.slice(2)]) {
    const onRecord = (record: MediaRecord) => noted.push(JSON.parse(JSON.stringify(record)))
    for await (const entry of listenToEntries(step, {
      ...text,
      ...listeners(heard),
      extended: true,
      onRecord,
    }))
      await readAll(entry)
  }
  const options = { ...listeners(heard), extended: true, now }
  const late = await directoryEntry(noted, options)
  const streamed = (await take(entries, { extended: true })).get('DICOMDIR')
  const bytes = await readAll(late)
  assert.equal(late.size, bytes.length)
  assert.equal(late.modified, now)
  const describe = async (file: Buffer | undefined) =>
    (await recordsOf(file)).map((record) => [...record].map(({ tag }) => [tag, textOf(record, tag)]))
  assert.deepEqual(await describe(bytes), await describe(streamed))
})

test('parts of the DICOMDIR are those of the whole', async () => {
  const entry = await directoryEntry([], { ...listeners(nothingHeard()), extended: false, now })
  const whole = await readAll(entry)
  for (const [start, end] of [
    [0, 1],
    [10, 300],
    [whole.length - 3, whole.length],
    [5, 5],
  ] as const) {
    const pieces: Uint8Array[] = []
    for await (const piece of entry.read({ start, end })) pieces.push(piece)
    assert.deepEqual(Buffer.concat(pieces), whole.subarray(start, end))
  }
})

test('an entry that is read in part is passed on, and has no record', async () => {
  const file = fileOf(0)
  const records: MediaRecord[] = []
  const listening = {
    ...text,
    ...listeners(nothingHeard()),
    extended: false,
    onRecord: (record: MediaRecord) => records.push(record),
  }
  for await (const entry of listenToEntries([entryOf(file, 0)], listening)) {
    const pieces: Uint8Array[] = []
    for await (const piece of entry.read({ start: 7, end: 250 })) pieces.push(piece)
    assert.deepEqual(Buffer.concat(pieces), file.subarray(7, 250))
  }
  assert.deepEqual(records, [])
})

test('a DICOMDIR beyond the limit fails the set, not one of its files', async () => {
  const entries = [0, 1, 2].map((position) => entryOf(fileOf(position), position))
  const isRefusal = (error: unknown) => error instanceof DomainError && error.code === 'BadRequest'
  const size = (await take(entries)).get('DICOMDIR')?.length ?? 0
  // The UID of each DICOMDIR has a length of its own.
  await take(entries, { limits: { ...mediaLimits, directoryBytes: size + 64 } })
  const limits = { ...mediaLimits, directoryBytes: size - 64 }
  await assert.rejects(take(entries, { limits }), isRefusal)
})

test('names have at most eight characters, up to the last file', () => {
  assert.deepEqual(mediaName(0), { path: 'IMAGES/', name: 'IM0' })
  assert.deepEqual(mediaName(999_999), { path: 'IMAGES/', name: 'IM999999' })
  assert.deepEqual(mediaName(1_000_000), { path: 'IMAGES1/', name: 'IM0' })
  assert.deepEqual(mediaName(99_999_999), { path: 'IMAGES99/', name: 'IM999999' })
  assert.throws(() => mediaName(100_000_000), { code: 'BadRequest' })
})

test('the steps of an archive keep their instances and get the names of a media set', () => {
  const steps = [
    {
      folders: [
        {
          path: 'A/B/C/',
          files: [
            ['a', 'MR000001.dcm'],
            ['b', 'MR000002.dcm'],
          ] as const,
        },
        { path: 'A/B/D/', files: [['c', 'MR000001.dcm']] as const },
      ],
    },
    {
      folders: [
        {
          path: 'A/B/D/',
          files: [
            ['d', 'MR000002.dcm'],
            ['e', 'MR000003.dcm'],
          ] as const,
        },
      ],
    },
  ]
  assert.deepEqual(
    [...mediaSteps(steps)],
    [
      {
        folders: [
          {
            path: 'IMAGES/',
            files: [
              ['a', 'IM0'],
              ['b', 'IM1'],
              ['c', 'IM2'],
            ],
          },
        ],
      },
      {
        folders: [
          {
            path: 'IMAGES/',
            files: [
              ['d', 'IM3'],
              ['e', 'IM4'],
            ],
          },
        ],
      },
    ],
  )
  const small = { ...mediaLimits, folderFiles: 2, folders: 2 }
  const four = [steps[0] ?? assert.fail()]
  assert.deepEqual(
    [...mediaSteps(four, small)],
    [
      {
        folders: [
          {
            path: 'IMAGES/',
            files: [
              ['a', 'IM0'],
              ['b', 'IM1'],
            ],
          },
          { path: 'IMAGES1/', files: [['c', 'IM0']] },
        ],
      },
    ],
  )
  assert.throws(() => [...mediaSteps(steps, small)], { code: 'BadRequest' })
})
