import { close, fdatasync, fsync, open, unlink, writev } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Allocate } from '../model/allocate.ts'
import { DomainError } from '../model/domain-error.ts'
import type { ReadPace } from './read-pace.ts'

/** Plain descriptors: a FileHandle costs an object with a finalizer per file. */
export const openFile = promisify(open)
export const closeFile = promisify(close)
export const syncData = promisify(fdatasync)
export const removeFile = promisify(unlink)

const writeVector = promisify(writev) as unknown as (
  fd: number,
  chunks: readonly Uint8Array[],
  position: number,
) => Promise<{ readonly bytesWritten: number }>

const syncFile = promisify(fsync)

export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))

/** Tells the caller's kind of trouble from the system's. */
export function translateError(error: unknown): unknown {
  if (hasCode(error, 'ENOSPC', 'EDQUOT')) {
    return new DomainError('FullStorage', undefined, { cause: error })
  }
  if (hasCode(error, 'ENOENT')) return new DomainError('InexistentFile', undefined, { cause: error })
  return error
}

/** POSIX allows at most this many pieces in one call (IOV_MAX). */
const maxPieces = 1024

/** Writes every byte; the system may take fewer at a time. */
export async function writeAll(fd: number, chunks: readonly Uint8Array[], position: number): Promise<void> {
  let rest = chunks
  let at = position
  while (rest.length > 0) {
    const part = rest.length > maxPieces ? rest.slice(0, maxPieces) : rest
    const { bytesWritten } = await writeVector(fd, part, at)
    at += bytesWritten
    rest = dropBytes(rest, bytesWritten)
  }
}

function dropBytes(chunks: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let left = count
  let index = 0
  for (; index < chunks.length; index++) {
    const chunk = chunks[index]
    if (chunk === undefined || chunk.length > left) break
    left -= chunk.length
  }
  const first = chunks[index]
  if (left === 0 || first === undefined) return chunks.slice(index)
  return [first.subarray(left), ...chunks.slice(index + 1)]
}

/** Bytes read at a time: a slice of 512 x 512 x 16 bit in one go, without large buffers for long files. */
const readBytes = 640 * 1024

export interface SpanReader {
  readonly allocate: Allocate
  readonly pace: ReadPace
}

/** The bytes of [start, end), or fewer at the end of the file, in memory that `allocate` gives. */
export async function* readSpan(
  fd: number,
  start: number,
  end: number,
  { allocate, pace }: SpanReader,
): AsyncGenerator<Uint8Array> {
  let position = start
  while (position < end) {
    // Neither the reads nor a client that takes all at once may keep the process from everybody else's work.
    if (position > start) await setImmediate()
    const buffer = allocate(Math.min(readBytes, end - position))
    const bytesRead = await pace.read(fd, buffer, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead)
  }
}

/** Makes the entries of a directory survive a power loss. */
export async function syncDirectory(path: string): Promise<void> {
  const fd = await openFile(path, 'r')
  try {
    await syncFile(fd)
  } finally {
    await closeFile(fd)
  }
}

/** Makes a directory and every missing one above it, each durably named in its parent. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let made = path; ; made = dirname(made)) {
    await syncDirectory(dirname(made))
    if (made === first) return
  }
}
