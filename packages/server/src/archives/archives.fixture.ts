import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'
import { MemoryBlobStore } from '../blobs/memory-blob-store.ts'
import { Catalog } from '../catalog/catalog.ts'
import type { TagValues } from '../model/resource.ts'
import { resourceIds } from '../model/resource-id.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import { type ArchiveLimits, archiveLimits } from './archive-limits.ts'
import { Archives } from './archives.ts'

export interface Description {
  readonly patientId?: string
  readonly study?: string
  readonly series?: string
  readonly instance: string
  readonly tags?: { readonly patient?: TagValues; readonly study?: TagValues; readonly series?: TagValues }
  readonly index?: string
  readonly content?: Uint8Array
}

export interface TestArchives extends AsyncDisposable {
  readonly archives: Archives
  readonly catalog: Catalog
  readonly blobs: MemoryBlobStore
  /** Gives the ids, and the key of the blob. */
  store(description: Description): Promise<ReturnType<typeof resourceIds> & { readonly blobKey: string }>
}

export async function openArchives(limits: Partial<ArchiveLimits> = {}): Promise<TestArchives> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-archives-'))
  const catalog = await Catalog.open(folder)
  const blobs = new MemoryBlobStore()
  const store: TestArchives['store'] = async (description) => {
    const { patientId = 'P', study = '1', series = '1', instance, tags = {}, index } = description
    const uids = {
      study: `1.${study}`,
      series: `1.${study}.${series}`,
      instance: `1.${study}.${series}.${instance}`,
    }
    const ids = resourceIds({
      patientId,
      studyInstanceUid: uids.study,
      seriesInstanceUid: uids.series,
      sopInstanceUid: uids.instance,
    })
    const blob = await blobs.write(chunksOf(description.content ?? Buffer.from(`content ${uids.instance}`)))
    await catalog.storeInstance({
      ids,
      tags: {
        Patient: { '0010,0020': patientId, ...tags.patient },
        Study: { '0020,000d': uids.study, ...tags.study },
        Series: { '0020,000e': uids.series, ...tags.series },
        Instance: { '0008,0018': uids.instance },
      },
      metadata: {
        Patient: {},
        Study: {},
        Series: {},
        Instance: { ...(index !== undefined && { 1: index }), 2: '20260102T030406' },
      },
      file: { blobKey: blob.key, size: blob.size, md5: blob.md5 },
      date: '20260102T030406',
      overwrite: false,
    })
    return { ...ids, blobKey: blob.key }
  }
  return {
    archives: new Archives({ blobs, catalog, limits: { ...archiveLimits, ...limits } }),
    catalog,
    blobs,
    store,
    [Symbol.asyncDispose]: async () => {
      await catalog.close()
      await rm(folder, { recursive: true })
    },
  }
}

export async function* chunksOf(bytes: Uint8Array, chunkBytes = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

/** A file in memory. */
export const memoryEntry = (name: string, content: Uint8Array, size: number | undefined = content.length) =>
  ({
    name,
    modified: Date.UTC(2026, 0, 2, 3, 4, 6),
    size,
    read: ({ start, end } = { start: 0 }) => chunksOf(content.subarray(start, end)),
  }) satisfies ArchiveEntry

/** What another reader finds in an archive: contents by name, in order. Rejects when the archive is not sound. */
export async function unzip(archive: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(archive, { lazyEntries: true }, (error, opened) => (opened ? resolve(opened) : reject(error)))
  })
  const found = new Map<string, Buffer>()
  for (;;) {
    const entry = await nextEntry(zip)
    if (entry === undefined) return found
    found.set(entry.fileName, await contentOf(zip, entry))
  }
}

export function nextEntry(zip: ZipFile): Promise<Entry | undefined> {
  for (const name of ['entry', 'end', 'error']) zip.removeAllListeners(name)
  return new Promise((resolve, reject) => {
    zip
      .once('entry', resolve)
      .once('end', () => resolve(undefined))
      .once('error', reject)
    zip.readEntry()
  })
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const content = await new Promise<Buffer>((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (stream ? resolve(collect(stream)) : reject(error)))
  })
  if (crc32(content) !== entry.crc32) throw new Error(`${entry.fileName} has another checksum`)
  return content
}
