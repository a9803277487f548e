import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from 'yauzl'
import type { ByteSpan } from '../blobs/blob-store.ts'
import { DomainError } from '../model/domain-error.ts'
import { archiveLimits } from './archive-limits.ts'
import { collect, memoryEntry, nextEntry, unzip } from './archives.fixture.ts'
import { Checksums } from './checksums.ts'
import { Deflater } from './deflater.ts'
import { ReadAhead } from './read-ahead.ts'
import { StoredArchive, type StoredEntry } from './stored-archive.ts'
import { streamArchive } from './stream-archive.ts'

/** Files longer than this have their checksum behind them. */
const limits = { ...archiveLimits, wholeBytes: 1000, pieceBytes: 600 }

const contents = [0, 1, 999, 1000, 1001, 5000, 70_000].map((size, index) => Buffer.alloc(size, `${index}abc`))

function countedEntries() {
  const read: { name: string; span: ByteSpan }[] = []
  const entries = contents.map((content, index): StoredEntry => {
    const entry = memoryEntry(`folder/é ${index}`, content)
    return {
      ...entry,
      size: content.length,
      blobKey: String(index),
      read: (span = { start: 0 }) => {
        read.push({ name: entry.name, span })
        return entry.read(span)
      },
    }
  })
  return { read, entries }
}

const openStored = (entries = countedEntries().entries, checksums = new Checksums(100)) =>
  new StoredArchive(entries, { checksums, limits })

test('it is the archive that is streamed, and its length is known before', async () => {
  const { entries } = countedEntries()
  const archive = openStored(entries)
  const bytes = await collect(archive.read())
  assert.equal(bytes.length, archive.length)
  const streamed = streamArchive(entries, {
    method: 'stored',
    deflater: new Deflater(),
    ahead: new ReadAhead(archiveLimits.aheadBytes),
    limits,
    isPrompt: true,
    onSkipped: (_, error) => assert.fail(String(error)),
  })
  assert.ok((await collect(streamed)).equals(bytes))
  const found = await unzip(bytes)
  assert.deepEqual(
    [...found.values()].map(({ length }) => length),
    contents.map(({ length }) => length),
  )
})

test('every part is the same part of the whole', async () => {
  const whole = await collect(openStored().read())
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length), fc.nat(6000), async (start, length) => {
      const part = await collect(openStored().read({ start, end: start + length }))
      assert.ok(part.equals(whole.subarray(start, start + length)))
    }),
  )
})

test('parts around every seam are the same', async () => {
  const whole = await collect(openStored().read())
  const checksums = new Checksums(100)
  for (let start = 0; start < 8000; start++) {
    const part = await collect(openStored(undefined, checksums).read({ start, end: start + 40 }))
    assert.ok(part.equals(whole.subarray(start, start + 40)), `from ${start}`)
  }
  for (let start = whole.length - 1200; start < whole.length; start++) {
    const part = await collect(openStored(undefined, checksums).read({ start }))
    assert.ok(part.equals(whole.subarray(start)), `from ${start}`)
  }
})

test('a part within a file reads that part alone', async () => {
  const whole = await collect(openStored().read())
  const { read, entries } = countedEntries()
  const start = whole.indexOf('folder/é 6') + 'folder/é 6'.length + 1000
  await collect(openStored(entries).read({ start, end: start + 500 }))
  assert.deepEqual(
    read.map(({ name }) => name),
    ['folder/é 6'],
  )
  const span: ByteSpan = read[0]?.span ?? { start: 0 }
  assert.equal((span.end ?? 0) - span.start, 500)
})

test('a directory reads only files whose checksums it has to tell, and none twice', async () => {
  const { read, entries } = countedEntries()
  const checksums = new Checksums(100)
  await collect(openStored(entries, checksums).read())
  assert.equal(read.length, contents.filter(({ length }) => length > 0).length + 1)
  read.length = 0
  const again = openStored(entries, checksums)
  await collect(again.read({ start: again.length - 300 }))
  assert.deepEqual(read, [])
})

test('checksums that do not fit are forgotten, and worked out again', async () => {
  const { read, entries } = countedEntries()
  const checksums = new Checksums(2)
  const whole = await collect(openStored(entries, checksums).read())
  assert.equal(
    ['0', '1', '2', '3', '4', '5', '6'].filter((key) => checksums.get(key) !== undefined).length,
    2,
  )
  read.length = 0
  const archive = openStored(entries, checksums)
  const start = archive.length - 600
  assert.ok((await collect(archive.read({ start }))).equals(whole.subarray(start)))
  assert.ok(read.length > 0)
})

test('a file that is shorter than it should be ends the archive with an error', async () => {
  for (const index of [3, 6]) {
    const { entries } = countedEntries()
    const broken = entries.map((entry, at) =>
      at === index ? { ...entry, read: () => memoryEntry('', contents[1] ?? Buffer.alloc(0)).read() } : entry,
    )
    await assert.rejects(
      collect(openStored(broken).read()),
      (error) => error instanceof DomainError && error.code === 'CorruptedFile',
    )
  }
})

test('the fingerprint tells archives apart', () => {
  const { entries } = countedEntries()
  const renamed = entries.map((entry, index) => (index === 2 ? { ...entry, name: 'other' } : entry))
  const replaced = entries.map((entry, index) => (index === 2 ? { ...entry, blobKey: 'other' } : entry))
  assert.equal(openStored(entries).fingerprint(), openStored().fingerprint())
  assert.equal(new Set([entries, renamed, replaced].map((each) => openStored(each).fingerprint())).size, 3)
})

class ArchiveReader extends RandomAccessReader {
  readonly #archive: StoredArchive

  constructor(archive: StoredArchive) {
    super()
    this.#archive = archive
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#archive.read({ start, end }))
  }
}

const openZip = (archive: StoredArchive) =>
  new Promise<ZipFile>((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false }
    fromRandomAccessReader(new ArchiveReader(archive), archive.length, options, (error, zip) =>
      zip ? resolve(zip) : reject(error),
    )
  })

/** A file whose bytes are made when they are read. */
const vastEntry = (name: string, size: number): StoredEntry => ({
  name,
  modified: 0,
  size,
  blobKey: name,
  async *read({ start, end = size } = { start: 0 }) {
    for (let at = start; at < end; at += 65_536) yield Buffer.alloc(Math.min(65_536, end - at), name)
  },
})

test('sizes and offsets beyond 4 GiB are told in ZIP64 records', async () => {
  const size = 5 * 2 ** 30
  const entries = [vastEntry('a', size), vastEntry('b', 10), vastEntry('c', size), vastEntry('d', 10)]
  const checksums = new Checksums(10)
  // Told, so that nobody reads 10 GiB.
  for (const name of ['a', 'c']) checksums.set(name, 1)
  const archive = openStored(entries, checksums)
  const zip = await openZip(archive)
  const found: Entry[] = []
  for (let entry = await nextEntry(zip); entry !== undefined; entry = await nextEntry(zip)) found.push(entry)
  assert.deepEqual(
    found.map(({ fileName, uncompressedSize, compressedSize }) => [
      fileName,
      uncompressedSize,
      compressedSize,
    ]),
    [
      ['a', size, size],
      ['b', 10, 10],
      ['c', size, size],
      ['d', 10, 10],
    ],
  )
  for (const at of [1, 3]) {
    const entry = found[at]
    assert.ok(entry !== undefined)
    const stream = await new Promise<Readable>((resolve, reject) => {
      zip.openReadStream(entry, (error, opened) => (opened ? resolve(opened) : reject(error)))
    })
    assert.equal((await collect(stream)).toString(), entry.fileName.repeat(10))
    assert.equal(entry.crc32, crc32(entry.fileName.repeat(10)))
  }
})

test('65,535 files and more are told in ZIP64 records, fewer are not', async () => {
  for (const count of [65_534, 65_535, 70_000]) {
    const entries = Array.from({ length: count }, (_, index) => vastEntry(String(index), 0))
    const archive = openStored(entries, new Checksums(count))
    const zip = await openZip(archive)
    assert.equal(zip.entryCount, count)
    const end = await collect(archive.read({ start: archive.length - 98 }))
    assert.equal(end.includes('PK\x06\x06'), count >= 65_535)
  }
})
