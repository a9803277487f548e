import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream'
import { createDeflate, createInflate } from 'node:zlib'
import type { Allocate } from '../model/allocate.ts'
import { DomainError } from '../model/domain-error.ts'
import { asStored, type InstanceFile } from '../model/resource.ts'
import { sliceStream } from '../model/slice-stream.ts'
import type { BlobStore, ByteSpan } from './blob-store.ts'

/**
 * Orthanc's form of compressed files: the size of the content in 8 bytes, least significant first, then the content as
 * a zlib stream (RFC 1950). Nothing stays nothing.
 */
const prefixBytes = 8

/** The same content in the other form, as a new blob; `file` stays as it is. Errors: those of reading and writing. */
export async function restore(
  blobs: BlobStore,
  file: InstanceFile,
  form: { readonly compressed: boolean },
): Promise<InstanceFile> {
  const content = readFile(blobs, file)
  const blob = await blobs.write(form.compressed ? compress(content, file.size) : content)
  const { size, md5 } = file
  const { key: blobKey } = blob
  if (form.compressed) return { blobKey, size, md5, compressed: { size: blob.size, md5: blob.md5 } }
  if (blob.md5 === md5) return { blobKey, size, md5 }
  await blobs.remove(blobKey)
  throw new DomainError('CorruptedFile')
}

/**
 * The compressed form of a blob that no row refers to, in its place: the size, which is known at the end alone, stands
 * before the compressed bytes, hence a blob for each form. Whether it succeeds or not, the plain one is removed.
 */
export async function compressInPlace(blobs: BlobStore, plain: InstanceFile): Promise<InstanceFile> {
  try {
    return await restore(blobs, plain, { compressed: true })
  } finally {
    await blobs.remove(plain.blobKey)
  }
}

async function* compress(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  if (size === 0) return
  const prefix = Buffer.alloc(prefixBytes)
  prefix.writeBigUInt64LE(BigInt(size))
  yield prefix
  yield* throughStream(content, createDeflate())
}

/** The content of a file, or a part of it, whichever form it is stored in. Errors: `CorruptedFile`, `InexistentFile`. */
export function readFile(
  blobs: BlobStore,
  file: InstanceFile,
  span: ByteSpan = { start: 0 },
  allocate?: Allocate,
): AsyncIterable<Uint8Array> {
  const { start, end = file.size } = span
  if (file.compressed === undefined) return blobs.read(file.blobKey, { start, end }, allocate)
  if (file.compressed.size === 0) return blobs.read(file.blobKey)
  return sliceStream(
    inflate(blobs.read(file.blobKey, { start: prefixBytes })),
    start,
    Math.min(end, file.size),
  )
}

async function* inflate(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* throughStream(bytes, createInflate())
  } catch (error) {
    if (!isZlibError(error)) throw error
    throw new DomainError('CorruptedFile', undefined, { cause: error })
  }
}

const isZlibError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')

async function* throughStream(
  source: AsyncIterable<Uint8Array>,
  stream: ReturnType<typeof createDeflate | typeof createInflate>,
): AsyncGenerator<Uint8Array> {
  // A failure reaches the reader through the stream, which is destroyed with it.
  pipeline(source, stream, () => undefined)
  for await (const chunk of stream) yield chunk as Uint8Array
}

/** Whether blob and content still have the digests that they came with. */
export async function verifyFile(blobs: BlobStore, file: InstanceFile): Promise<boolean> {
  if ((await md5Of(blobs.read(file.blobKey))) !== asStored(file).md5) return false
  if (file.compressed === undefined) return true
  try {
    return (await md5Of(readFile(blobs, file))) === file.md5
  } catch (error) {
    if (error instanceof DomainError && error.code === 'CorruptedFile') return false
    throw error
  }
}

async function md5Of(
  bytes: AsyncIterable<Uint8Array>,
  show: (chunk: Uint8Array) => void = () => undefined,
): Promise<string> {
  const digest = createHash('md5')
  for await (const chunk of bytes) {
    show(chunk)
    digest.update(chunk)
  }
  return digest.digest('hex')
}

const zlibHeader = 0x78

/**
 * The file in a blob of which nothing else is known: `compressed` is set when the blob begins like one that `restore`
 * made. Digests are worked out; the content is shown to `show` on the way, so that it need not be read again.
 */
export async function recognizeFile(
  blobs: BlobStore,
  blobKey: string,
  show: (chunk: Uint8Array) => void,
): Promise<InstanceFile> {
  const size = (await blobs.size(blobKey)) ?? 0
  const head = await firstBytes(blobs, blobKey)
  if (!isCompressed(head)) return { blobKey, size, md5: await md5Of(blobs.read(blobKey), show) }
  const stored = { size, md5: await md5Of(blobs.read(blobKey)) }
  const file = { blobKey, size: Number(head.readBigUInt64LE()), md5: '', compressed: stored }
  return { ...file, md5: await md5Of(readFile(blobs, file), show) }
}

async function firstBytes(blobs: BlobStore, blobKey: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of blobs.read(blobKey, { start: 0, end: prefixBytes + 2 })) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** A zlib header (RFC 1950 2.2) after a size that fits: neither a preamble nor a tag with its VR has these. */
function isCompressed(head: Buffer): boolean {
  if (head.length < prefixBytes + 2 || head[prefixBytes] !== zlibHeader) return false
  return head.readUInt16BE(prefixBytes) % 31 === 0 && head.readUInt16LE(prefixBytes - 2) === 0
}
