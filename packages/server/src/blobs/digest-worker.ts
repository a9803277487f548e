import { createHash, type Hash } from 'node:crypto'
import { workerData } from 'node:worker_threads'
import { bufferBytes } from './aligned-buffers.ts'
import { boardOn, digestBytes, intsPerJob, jobKinds, jobsFor } from './digest-board.ts'

export interface DigesterData {
  readonly board: SharedArrayBuffer
  readonly buffers: SharedArrayBuffer
  readonly count: number
}

const { board, buffers, count } = workerData as DigesterData
const { posted, jobs, pending, digests } = boardOn(board, count)
/** Digests under way, by the index of the buffer that their pieces come in. */
const running = new Map<number, Hash>()

function perform(job: number): void {
  const [index = 0, start = 0, end = 0, kind = 0] = jobs.subarray(job, job + intsPerJob)
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

for (let done = 0; ; done = (done + 1) >>> 0) {
  while (Atomics.load(posted, 0) >>> 0 === done) Atomics.wait(posted, 0, done | 0)
  perform((done % jobsFor(count)) * intsPerJob)
}
