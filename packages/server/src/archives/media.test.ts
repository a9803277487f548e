import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { type DataSet, type DicomError, readPart10, standardDictionary, textOf } from '@kingsfoil/dicom'
import type { ByteSpan } from '../blobs/blob-store.ts'
import { DomainError } from '../model/domain-error.ts'
import { makeFile, type TestFile } from '../rest/dicom.fixture.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import { directoryEntry, mediaEntries } from './media-directory.ts'
import { MediaHeader } from './media-header.ts'
import { mediaLimits } from './media-limits.ts'
import { listenToEntries, type MediaRecord } from './media-listener.ts'
import { MediaOpening } from './media-opening.ts'

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
  // Offsets follow the length of the UID of the DICOMDIR, which is another each time.
  const offsets: readonly number[] = [0x00041400, 0x00041420]
  const describe = async (file: Buffer | undefined) =>
    (await recordsOf(file)).map((record) =>
      [...record].filter(({ tag }) => !offsets.includes(tag)).map(({ tag }) => [tag, textOf(record, tag)]),
    )
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

test('a file that is stored without preamble or file meta information gets them', async () => {
  const whole = fileOf(0)
  const { dataSetOffset } = await readPart10(entryOf(whole, 0).read())
  const variants = {
    'no preamble': whole.subarray(132),
    'no preamble but DICM': whole.subarray(128),
    'no file meta information': whole.subarray(dataSetOffset),
  }
  for (const [name, stored] of Object.entries(variants)) {
    for await (const entry of mediaEntries([entryOf(stored, 0)], {
      ...text,
      ...listeners(nothingHeard()),
      extended: false,
      now,
    })) {
      if (entry.name === 'DICOMDIR') {
        assert.deepEqual(await fileIds(await readAll(entry)), ['IMAGES\\IM0'], name)
        continue
      }
      assert.equal(entry.size, stored.length, name)
      const bytes = await readAll(entry)
      assert.equal(entry.size, bytes.length, name)
      const read = await readPart10(entryOf(bytes, 0).read())
      assert.deepEqual(read.warnings, [], name)
      assert.equal(textOf(read.fileMeta, 0x00020003), '1.2.9.0')
      assert.deepEqual(bytes.subarray(read.dataSetOffset), whole.subarray(dataSetOffset), name)
    }
  }
})

test('what is held of a file without file meta information is limited', async () => {
  const { dataSetOffset } = await readPart10(entryOf(fileOf(0), 0).read())
  const stored = fileOf(0).subarray(dataSetOffset)
  for (const [heldBytes, isHeld] of [
    [150, false],
    [10_000, true],
  ] as const) {
    const header = new MediaHeader({ ...text, extended: false })
    const opening = new MediaOpening(header, heldBytes)
    const passed: Uint8Array[] = []
    for (let at = 0; at < stored.length; at += 100) {
      const chunk = stored.subarray(at, at + 100)
      header.push(chunk)
      passed.push(...opening.pass(chunk))
    }
    header.end()
    passed.push(...opening.end())
    assert.equal(Buffer.concat(passed).length, stored.length + opening.growth)
    assert.equal(opening.growth > 0, isHeld)
  }
})

test('memory that is lent may be used again at once', async () => {
  const file = fileOf(0)
  const entry: ArchiveEntry = {
    ...entryOf(file, 0),
    async *read(_span, allocate = () => assert.fail('no memory was lent')) {
      for (let at = 0; at < file.length; at += 50) {
        const piece = allocate(Math.min(50, file.length - at))
        piece.set(file.subarray(at, at + piece.length))
        yield piece
        piece.fill(0xff)
      }
    },
  }
  const records: MediaRecord[] = []
  const onRecord = (record: MediaRecord) => records.push(record)
  const listening = { ...text, ...listeners(nothingHeard()), extended: false, onRecord }
  const lent = new Uint8Array(50)
  for await (const listened of listenToEntries([entry], listening)) {
    const pieces: Uint8Array[] = []
    for await (const piece of listened.read(undefined, (length) => lent.subarray(0, length)))
      pieces.push(Uint8Array.from(piece))
    assert.deepEqual(Buffer.concat(pieces), file)
  }
  assert.equal(records[0]?.keys.values['0010,0010'], 'Doe^Jérôme')
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

test('others have their turns while a large DICOMDIR is made', async () => {
  const [noted, heard] = [[] as MediaRecord[], nothingHeard()]
  const onRecord = (record: MediaRecord) => noted.push(record)
  const entries = Array.from({ length: 12 }, (_, position) => entryOf(fileOf(position), position))
  for await (const entry of listenToEntries(entries, {
    ...text,
    ...listeners(heard),
    extended: false,
    onRecord,
  }))
    await readAll(entry)
  const turnsWith = async (recordsAtOnce: number): Promise<number> => {
    let [turns, isOver] = [0, false]
    const others = (async () => {
      for (; !isOver; turns++) await setImmediate()
    })()
    const limits = { ...mediaLimits, recordsAtOnce }
    await directoryEntry(noted, { ...listeners(heard), extended: false, now, limits })
    isOver = true
    await others
    return turns
  }
  assert.ok((await turnsWith(2)) >= 6)
  assert.ok((await turnsWith(100)) <= 2)
})
