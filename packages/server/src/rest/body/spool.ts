import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { DomainError } from '../../model/domain-error.ts'

/**
 * Writes a stream into a file of `directory` that loses its name at once, so that nothing stays behind whatever
 * happens; the caller closes it. Errors: `FullStorage`, `CannotWriteFile`, those of the source.
 */
export async function spool(bytes: AsyncIterable<Uint8Array>, directory: string): Promise<FileHandle> {
  const file = await createNameless(directory)
  try {
    for await (const chunk of bytes) await append(file, chunk)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

async function createNameless(directory: string): Promise<FileHandle> {
  const path = join(directory, `kingsfoil-${randomUUID()}`)
  try {
    const file = await open(path, 'wx+', 0o600)
    await unlink(path)
    return file
  } catch (cause) {
    throw new DomainError('CannotWriteFile', 'TemporaryDirectory', { cause })
  }
}

async function append(file: FileHandle, chunk: Uint8Array): Promise<void> {
  try {
    await file.writeFile(chunk)
  } catch (cause) {
    const full = cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC'
    throw new DomainError(full ? 'FullStorage' : 'CannotWriteFile', 'TemporaryDirectory', { cause })
  }
}

/** The bytes of a file from its beginning; then it is closed. */
export async function* readAll(file: FileHandle): AsyncGenerator<Uint8Array> {
  try {
    yield* readSpan(file)
  } finally {
    await file.close()
  }
}

/** The bytes of [start, end) of a file; without `end`, to the last one. */
export async function* readSpan(
  file: FileHandle,
  { start, end = Number.POSITIVE_INFINITY }: { readonly start: number; readonly end?: number } = { start: 0 },
): AsyncGenerator<Uint8Array> {
  let position = start
  while (position < end) {
    const buffer = Buffer.allocUnsafe(Math.min(readBytes, end - position))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    position += bytesRead
  }
}

const readBytes = 256 * 1024
