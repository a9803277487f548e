import { Worker } from 'node:worker_threads'
import type { AlignedBuffer, AlignedBuffers } from './aligned-buffers.ts'
import type { BlobWorkerData, FilesReply, FilesRequest } from './blob-worker.ts'
import {
  boardBytes,
  boardOn,
  type DigestBoard,
  digestBytes,
  intsPerJob,
  jobKinds,
  jobsFor,
} from './digest-board.ts'
import type { PieceDigest } from './piece-digest.ts'

/** Beside this file, whether it runs from source or bundled. */
const workerFile = import.meta.url.endsWith('.ts') ? './blob-worker.ts' : './blob-worker.js'

/**
 * Computes MD5 in a thread of its own: of the processor time that storing an instance takes it is the largest part.
 * Jobs and results lie in shared memory, where a job costs a write and at most a wake-up; a message costs a tenth of a
 * millisecond. The thread also makes files, many for one message: Node's own threads make one at a time, and tell of
 * each.
 */
export class BlobThread {
  readonly #board: DigestBoard
  readonly #count: number
  readonly #data: BlobWorkerData
  #worker: Worker | undefined
  #making: { resolve(reply: FilesReply): void } | undefined
  #waiting = 0

  constructor(buffers: AlignedBuffers) {
    const board = new SharedArrayBuffer(boardBytes(buffers.count))
    this.#count = buffers.count
    this.#board = boardOn(board, buffers.count)
    this.#data = { board, buffers: buffers.memory, count: buffers.count }
  }

  begin(buffer: AlignedBuffer): PieceDigest {
    let kind: number = jobKinds.first
    return {
      add: (start, end, last) => {
        this.#post(buffer.index, start, end, last ? kind | jobKinds.last : kind)
        kind = 0
      },
      settled: () => this.#settled(buffer.index),
      result: () => this.#result(buffer.index),
    }
  }

  /** Makes files, as many as it can. To be asked for one thing at a time. */
  async makeFiles(request: FilesRequest): Promise<FilesReply> {
    const worker = this.#running()
    this.#keepAlive()
    worker.postMessage(request)
    this.#give(0, 0, 0, jobKinds.files)
    try {
      return await new Promise<FilesReply>((resolve) => {
        this.#making = { resolve }
      })
    } finally {
      this.#letGo()
    }
  }

  /** Does not keep the process alive by itself. */
  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker
    // Files that it opens are not its own.
    const options = { workerData: this.#data, trackUnmanagedFds: false }
    const worker = new Worker(new URL(workerFile, import.meta.url), options)
    worker.on('message', (reply: FilesReply) => this.#making?.resolve(reply))
    worker.unref()
    this.#worker = worker
    return worker
  }

  #post(index: number, start: number, end: number, kind: number): void {
    Atomics.add(this.#board.pending, index, 1)
    this.#give(index, start, end, kind)
  }

  #give(index: number, start: number, end: number, kind: number): void {
    this.#running()
    const { posted, jobs } = this.#board
    const number = posted[0] ?? 0
    jobs.set([index, start, end, kind], ((number >>> 0) % jobsFor(this.#count)) * intsPerJob)
    Atomics.store(posted, 0, number + 1)
    Atomics.notify(posted, 0)
  }

  #keepAlive(): void {
    if (this.#waiting++ === 0) this.#worker?.ref()
  }

  #letGo(): void {
    if (--this.#waiting === 0) this.#worker?.unref()
  }

  async #settled(index: number): Promise<void> {
    const { pending } = this.#board
    let left = Atomics.load(pending, index)
    if (left === 0) return
    // Waiting for shared memory does not keep the process alive either.
    this.#keepAlive()
    for (; left > 0; left = Atomics.load(pending, index)) {
      await Atomics.waitAsync(pending, index, left).value
    }
    this.#letGo()
  }

  async #result(index: number): Promise<string> {
    await this.#settled(index)
    const start = index * digestBytes
    return Buffer.from(this.#board.digests.subarray(start, start + digestBytes)).toString('hex')
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }
}
