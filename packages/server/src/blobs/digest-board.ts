import { bufferBytes } from './aligned-buffers.ts'

/** Bytes of a blob that are handed over at a time, so that the digest is almost done when the last byte comes. */
export const stepBytes = 256 * 1024

/** What the thread that makes digests and the one that asks for them share, besides the buffers. */
export interface DigestBoard {
  /** Jobs posted so far (modulo 2^32); the thread sleeps on it. */
  readonly posted: Int32Array
  /** The last jobs posted: the buffer's index, where its bytes start and end, and `jobKinds`. */
  readonly jobs: Int32Array
  /** For each buffer: jobs that are not yet done. */
  readonly pending: Int32Array
  /** For each buffer: 16 bytes. */
  readonly digests: Uint8Array
}

export const intsPerJob = 4
export const digestBytes = 16

/** Bits of a job's kind. `files`: there is a message that asks for files; the rest of the job says nothing. */
export const jobKinds = { first: 1, last: 2, files: 4 } as const

/** A power of two, so that numbers of jobs may wrap around, and more jobs than can wait at a time. */
export const jobsFor = (count: number): number => 2 * count * (bufferBytes / stepBytes)

const intBytes = Int32Array.BYTES_PER_ELEMENT

export const boardBytes = (count: number): number =>
  intBytes * (1 + jobsFor(count) * intsPerJob + count) + count * digestBytes

export function boardOn(memory: SharedArrayBuffer, count: number): DigestBoard {
  const pendingStart = intBytes * (1 + jobsFor(count) * intsPerJob)
  return {
    posted: new Int32Array(memory, 0, 1),
    jobs: new Int32Array(memory, intBytes, jobsFor(count) * intsPerJob),
    pending: new Int32Array(memory, pendingStart, count),
    digests: new Uint8Array(memory, pendingStart + count * intBytes, count * digestBytes),
  }
}
