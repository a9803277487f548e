import type { IncomingHttpHeaders } from 'node:http'
import type { Received } from '../../ingest/ingest.ts'
import { DomainError } from '../../model/domain-error.ts'
import type { Origin } from '../../model/origin.ts'
import type { HttpLimits } from '../http-limits.ts'
import type { IngestRoom } from '../rooms.ts'
import { gunzip } from './inflate.ts'
import { isMultipart, readFormFiles } from './multipart.ts'
import { peek } from './peek.ts'
import { spool } from './spool.ts'
import { isZip, type OpenEntry, readZipEntries, signatureBytes } from './zip.ts'

export interface UploadOptions {
  readonly ingest: IngestRoom
  readonly temporaryDirectory: string
  /** Bytes that a file in an archive or a compressed body may inflate to; 0 = no limit. */
  readonly maximumInflatedBytes: number
  readonly limits: HttpLimits
}

export interface UploadRequest {
  readonly body: AsyncIterable<Uint8Array>
  readonly headers: IncomingHttpHeaders
  readonly origin: Origin
}

/** What an upload brought: one instance; those of an archive; or a form, whose clients look at the status alone. */
export type Uploaded =
  | { readonly kind: 'instance'; readonly received: Received }
  | { readonly kind: 'archive'; readonly received: readonly Received[] }
  | { readonly kind: 'form' }

/** Entries of an archive that are received at a time, so that their commits can be grouped. */
const concurrentEntries = 4

/** Receives the instances of an upload, whatever they are wrapped in, as streams. */
export async function receiveUpload(request: UploadRequest, options: UploadOptions): Promise<Uploaded> {
  const body = decode(request, options)
  if (!isMultipart(request.headers)) return receiveFile(body, request, options)
  let count = 0
  for await (const file of readFormFiles(body, request.headers, options.limits)) {
    await receiveFile(file, request, options)
    count++
  }
  if (count === 0) throw new DomainError('BadFileFormat', 'No file in the form')
  return { kind: 'form' }
}

function decode({ body, headers }: UploadRequest, options: UploadOptions): AsyncIterable<Uint8Array> {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (coding === 'identity' || coding === '') return body
  if (coding === 'gzip' || coding === 'x-gzip') return gunzip(body, options.maximumInflatedBytes)
  throw new DomainError('UnsupportedMediaType', 'Content-Encoding')
}

async function receiveFile(
  source: AsyncIterable<Uint8Array>,
  request: UploadRequest,
  options: UploadOptions,
): Promise<Uploaded> {
  const { head, bytes } = await peek(source, signatureBytes)
  if (head.length === 0) throw new DomainError('BadFileFormat', 'Received an empty DICOM file')
  if (isZip(head)) return { kind: 'archive', received: await receiveArchive(bytes, request, options) }
  return { kind: 'instance', received: await receive(bytes, request, options) }
}

const receive = (bytes: AsyncIterable<Uint8Array>, request: UploadRequest, options: UploadOptions) =>
  options.ingest.receive(bytes, request.origin)

async function receiveArchive(
  bytes: AsyncIterable<Uint8Array>,
  request: UploadRequest,
  options: UploadOptions,
): Promise<readonly Received[]> {
  const { temporaryDirectory, maximumInflatedBytes: maximumEntryBytes, limits } = options
  const file = await spool(bytes, temporaryDirectory)
  try {
    const entries = readZipEntries(file, { maximumEntryBytes, limits })
    const received: (Received | undefined)[] = []
    const work = async (): Promise<void> => {
      for (let next = await entries.next(); next.done !== true; next = await entries.next()) {
        const place = received.push(undefined) - 1
        received[place] = await receiveEntry(next.value, request, options)
      }
    }
    await allSettled(Array.from({ length: concurrentEntries }, work))
    return received.filter((one) => one !== undefined)
  } finally {
    await file.close()
  }
}

/** Waits for all before it throws the first failure: nobody may read a file that is closed. */
async function allSettled(tasks: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(tasks)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** Undefined for what is no DICOM file: archives carry all sorts of things. */
async function receiveEntry(
  open: OpenEntry,
  request: UploadRequest,
  options: UploadOptions,
): Promise<Received | undefined> {
  try {
    return await receive(open(), request, options)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'BadFileFormat') return undefined
    throw error
  }
}
