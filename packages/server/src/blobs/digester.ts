import { Worker } from 'node:worker_threads'
import type { AlignedBuffer, AlignedBuffers } from './aligned-buffers.ts'
import {
  boardBytes,
  boardOn,
  type DigestBoard,
  digestBytes,
  intsPerJob,
  jobKinds,
  jobsFor,
} from './digest-board.ts'
import type { DigesterData } from './digest-worker.ts'
import type { PieceDigest } from './piece-digest.ts'

/** Beside this file, whether it runs from source or bundled. */
const workerFile = import.meta.url.endsWith('.ts') ? './digest-worker.ts' : './digest-worker.js'

/**
 * Computes MD5 in a thread of its own: of the processor time that storing an instance takes it is the largest part.
 * Jobs and results lie in shared memory, where a job costs a write and at most a wake-up; a message costs a tenth of a
 * millisecond.
 */
export class Digester {
  readonly #board: DigestBoard
  readonly #count: number
  readonly #data: DigesterData
  #worker: Worker | undefined
  #waiting = 0

  constructor(buffers: AlignedBuffers) {
    const board = new SharedArrayBuffer(boardBytes(buffers.count))
    this.#count = buffers.count
    this.#board = boardOn(board, buffers.count)
    this.#data = { board, buffers: buffers.memory, count: buffers.count }
  }

  begin(buffer: AlignedBuffer): PieceDigest {
    this.#worker ??= this.#start()
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

  /** Does not keep the process alive by itself. */
  #start(): Worker {
    const worker = new Worker(new URL(workerFile, import.meta.url), { workerData: this.#data })
    worker.unref()
    return worker
  }

  #post(index: number, start: number, end: number, kind: number): void {
    const { posted, jobs, pending } = this.#board
    const number = posted[0] ?? 0
    jobs.set([index, start, end, kind], ((number >>> 0) % jobsFor(this.#count)) * intsPerJob)
    Atomics.add(pending, index, 1)
    Atomics.store(posted, 0, number + 1)
    Atomics.notify(posted, 0)
  }

  async #settled(index: number): Promise<void> {
    const { pending } = this.#board
    let left = Atomics.load(pending, index)
    if (left === 0) return
    // Waiting for shared memory does not keep the process alive either.
    if (this.#waiting++ === 0) this.#worker?.ref()
    for (; left > 0; left = Atomics.load(pending, index)) {
      await Atomics.waitAsync(pending, index, left).value
    }
    if (--this.#waiting === 0) this.#worker?.unref()
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
