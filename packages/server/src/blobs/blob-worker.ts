import { createHash, type Hash } from 'node:crypto'
import { openSync } from 'node:fs'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { bufferBytes } from './aligned-buffers.ts'
import { boardOn, digestBytes, intsPerJob, jobKinds, jobsFor } from './digest-board.ts'

export interface BlobWorkerData {
  readonly board: SharedArrayBuffer
  readonly buffers: SharedArrayBuffer
  readonly count: number
}

const { board, buffers, count } = workerData as BlobWorkerData
const { posted, jobs, pending, digests } = boardOn(board, count)
if (parentPort === null) throw new Error('This file is the body of a worker thread')
const port = parentPort
/** Digests under way, by the index of the buffer that their pieces come in. */
const running = new Map<number, Hash>()

/** New files, open for writing, in the order of their paths. */
export interface FilesRequest {
  readonly paths: readonly string[]
  readonly flags: number
  readonly mode: number
}

/** When one of them could not be made, `fds` has those before it. */
export interface FilesReply {
  readonly fds: readonly number[]
  readonly failure?: { readonly message: string; readonly code: string }
}

function makeFiles({ paths, flags, mode }: FilesRequest): FilesReply {
  const fds: number[] = []
  try {
    for (const path of paths) fds.push(openSync(path, flags, mode))
    return { fds }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return { fds, failure: { message: error.message, code: String(error.code) } }
  }
}

function hashPiece(index: number, start: number, end: number, kind: number): void {
  const hash = (kind & jobKinds.first) === 0 ? running.get(index) : createHash('md5')
  if (hash === undefined) throw new Error('A piece without a first one')
  hash.update(Buffer.from(buffers, index * bufferBytes + start, end - start))
  if ((kind & jobKinds.last) === 0) running.set(index, hash)
  else {
    running.delete(index)
    digests.set(hash.digest(), index * digestBytes)
  }
  if (Atomics.sub(pending, index, 1) === 1) Atomics.notify(pending, index)
}

function perform(job: number): void {
  const [index = 0, start = 0, end = 0, kind = 0] = jobs.subarray(job, job + intsPerJob)
  if (kind === jobKinds.files) port.postMessage(makeFiles(receiveMessageOnPort(port)?.message))
  else hashPiece(index, start, end, kind)
}

for (let done = 0; ; done = (done + 1) >>> 0) {
  while (Atomics.load(posted, 0) >>> 0 === done) Atomics.wait(posted, 0, done | 0)
  perform((done % jobsFor(count)) * intsPerJob)
}
