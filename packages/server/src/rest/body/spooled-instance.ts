import type { FileHandle } from 'node:fs/promises'
import { DicomError, type Dictionary, inflatedStream, readPart10 } from '@kingsfoil/dicom'
import { DomainError } from '../../model/domain-error.ts'
import { limits } from '../../model/limits.ts'
import type { InstanceSource } from '../../remotes/instance-source.ts'
import { readSpan, spool } from './spool.ts'

/**
 * Lets `use` work with a DICOM file that comes as a stream, and is gone afterwards.
 * Errors: `BadFileFormat`; those of `spool` and `use`.
 */
export async function withSpooledInstance<Result>(
  bytes: AsyncIterable<Uint8Array>,
  {
    temporaryDirectory,
    dictionary,
  }: { readonly temporaryDirectory: string; readonly dictionary: Dictionary },
  use: (source: InstanceSource) => Promise<Result>,
): Promise<Result> {
  const file = await spool(bytes, temporaryDirectory)
  try {
    return await use(await openInstance(file, dictionary))
  } finally {
    await file.close()
  }
}

async function openInstance(file: FileHandle, dictionary: Dictionary): Promise<InstanceSource> {
  const read: InstanceSource['read'] = (range) => readSpan(file, range)
  try {
    const options = { dictionary, untilPixelData: true, limits: { maxHeaderBytes: limits.headerBytes } }
    const head = await readPart10(read(), options)
    return { head, read, readInflated: () => inflatedStream(read()) }
  } catch (cause) {
    if (!(cause instanceof DicomError)) throw cause
    throw new DomainError('BadFileFormat', cause.message, { cause })
  }
}
