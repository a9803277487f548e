import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { DomainError } from '../../model/domain-error.ts'
import { httpLimits } from '../http-limits.ts'
import { spool } from './spool.ts'
import { collect, pieces } from './streams.fixture.ts'
import { makeZip, type ZipEntry } from './zip.fixture.ts'
import { isZip, readZipEntries, type ZipOptions } from './zip.ts'

let directory = ''
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kingsfoil-zip-'))
})
after(() => rm(directory, { recursive: true }))

const usual: ZipOptions = { maximumEntryBytes: 0, limits: httpLimits }
const fails = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code

async function contents(zip: Uint8Array, options = usual): Promise<readonly string[]> {
  const file = await spool(pieces(zip, 1000), directory)
  try {
    const found: string[] = []
    for await (const open of readZipEntries(file, options)) found.push((await collect(open())).toString())
    return found
  } finally {
    await file.close()
  }
}

const entry = (name: string, content: string, more: Partial<ZipEntry> = {}): ZipEntry => ({
  name,
  content: Buffer.from(content),
  ...more,
})

test('an archive is known by its first bytes', () => {
  assert.ok(isZip(makeZip([entry('a', 'x')])))
  assert.ok(isZip(makeZip([])))
  assert.ok(!isZip(Buffer.from('PK')))
  assert.ok(!isZip(Buffer.from('PK\u0001\u0002')))
  assert.ok(!isZip(Buffer.from('DICM')))
  const dicom = Buffer.concat([
    makeZip([entry('a', 'x')]).subarray(0, 30),
    Buffer.alloc(98),
    Buffer.from('DICM'),
  ])
  assert.ok(!isZip(dicom))
  assert.ok(isZip(dicom.subarray(0, 131)))
})

test('files come in order; folders, DICOMDIR and encrypted files do not', async () => {
  const zip = makeZip([
    entry('folder/', ''),
    entry('folder/one', 'first'),
    entry('DICOMDIR', 'x'),
    entry('folder/dicomdir', 'x'),
    entry('secret', 'x', { flags: 1 }),
    entry('two', 'second', { stored: true }),
  ])
  assert.deepEqual(await contents(zip), ['first', 'second'])
  assert.deepEqual(await contents(makeZip([])), [])
})

test('names and links are nothing but text', async () => {
  const names = ['../../etc/passwd', '/etc/passwd', 'C:\\x', '..\\x', 'a\u0000b', '\ud800', '']
  const zip = makeZip([
    ...names.map((name) => entry(name, 'x')),
    entry('link', '/etc/passwd', { mode: 0o120777 }),
  ])
  const found = await contents(zip)
  assert.deepEqual(new Set(found), new Set(['x', '/etc/passwd']))
})

test('forged sizes are noticed', async () => {
  await assert.rejects(
    contents(makeZip([entry('a', 'x'.repeat(5000), { claimedSize: 10 })])),
    fails('BadFileFormat'),
  )
  await assert.rejects(contents(makeZip([entry('a', 'x', { claimedSize: 4000 })])), fails('BadFileFormat'))
  await assert.rejects(
    contents(makeZip([entry('a', 'x', { claimedCompressedSize: 1e9 })])),
    fails('BadFileFormat'),
  )
  await assert.rejects(contents(makeZip([entry('a', 'x')], { claimedCount: 9 })), fails('BadFileFormat'))
})

test('no file grows beyond its limit', async () => {
  const zip = makeZip([entry('a', 'x'.repeat(100_001))])
  await assert.rejects(contents(zip, { ...usual, maximumEntryBytes: 100_000 }), fails('RequestTooLarge'))
  assert.equal((await contents(zip, { ...usual, maximumEntryBytes: 100_001 })).length, 1)
})

test('no archive grows out of proportion', async () => {
  const zip = makeZip([entry('a', 'x'.repeat(60_000)), entry('b', 'x'.repeat(60_000))])
  const limits = { ...httpLimits, zipFreeBytes: 100_000, zipRatio: 2 }
  await assert.rejects(contents(zip, { ...usual, limits }), fails('RequestTooLarge'))
  assert.equal((await contents(zip, { ...usual, limits: { ...limits, zipFreeBytes: 120_000 } })).length, 2)
})

test('entries that share their bytes are a bomb', async () => {
  const big = entry('a', 'x'.repeat(200_000))
  const zip = makeZip([big, ...Array.from({ length: 50 }, () => ({ ...big, sameAs: 0 }))])
  await assert.rejects(contents(zip), fails('BadFileFormat'))
})

test('there is a limit to the number of entries, which is looked at before any is read', async () => {
  const entries = Array.from({ length: 11 }, (_, index) => entry(`${index}`, 'x', { claimedSize: 99 }))
  const limits = { ...httpLimits, zipEntries: 10 }
  await assert.rejects(contents(makeZip(entries), { ...usual, limits }), fails('RequestTooLarge'))
})

test('an archive cut at any byte is refused, and leaves no file', async () => {
  const zip = makeZip([entry('one', 'first'), entry('two', 'second', { stored: true })])
  for (let length = 4; length < zip.length; length++) {
    await assert.rejects(contents(zip.subarray(0, length)), fails('BadFileFormat'), String(length))
  }
  assert.deepEqual(await readdir(directory), [])
})

test('any changed byte gives the same files, others, or a refusal, but nothing else', async () => {
  const zip = makeZip([entry('one', 'first'), entry('two', 'second', { stored: true })])
  for (let at = 0; at < zip.length; at++) {
    const changed = Buffer.from(zip)
    changed[at] = (changed[at] ?? 0) ^ 0xff
    try {
      assert.ok((await contents(changed)).length <= 2)
    } catch (error) {
      assert.ok(error instanceof DomainError, `byte ${at}: ${String(error)}`)
    }
  }
})
