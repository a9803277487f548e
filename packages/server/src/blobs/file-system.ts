import { close, constants, fdatasync, fsync, open, openSync, unlink, write } from 'node:fs'
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

const writeFrom = promisify(write) as unknown as (
  fd: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  position: number,
) => Promise<{ readonly bytesWritten: number }>

/** Writes the buffer's bytes of [start, end) to a position of the file. */
export async function writeFully(
  fd: number,
  buffer: Uint8Array,
  { start, end, position }: { readonly start: number; readonly end: number; readonly position: number },
): Promise<void> {
  for (let at = start; at < end; ) {
    at += (await writeFrom(fd, buffer, at, end - at, position + at - start)).bytesWritten
  }
}

/** Opens a file for writes that pass by the system's cache; undefined where the file system has none such. */
export function openDirectly(path: string): number | undefined {
  // Not every platform has it, whatever the types say.
  const direct = constants.O_DIRECT as number | undefined
  if (direct === undefined) return undefined
  try {
    return openSync(path, constants.O_WRONLY | direct)
  } catch (error) {
    if (hasCode(error, 'EINVAL')) return undefined
    throw error
  }
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
