import { createReadStream } from 'node:fs'
import { opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DomainError } from '../model/domain-error.ts'
import type { OpenedStorage, Terminal } from './application.ts'

/** Files that are on their way at the same time: their commits share a transaction. */
const inFlight = 16

type Outcome = 'Success' | 'AlreadyStored' | 'FilteredOut' | 'Refused'

/** Stores every DICOM file below `folder`; what is no DICOM file is counted. Any other trouble ends the import. */
export async function importFolder(
  storage: OpenedStorage,
  folder: string,
  terminal: Terminal,
): Promise<number> {
  const counts: Record<Outcome, number> = { Success: 0, AlreadyStored: 0, FilteredOut: 0, Refused: 0 }
  await storage.recover()
  const paths = filesBelow(folder)
  // A generator answers one caller after the other: the workers share it.
  const work = async (): Promise<void> => {
    try {
      for await (const path of shared(paths)) counts[await importFile(storage, path)] += 1
    } catch (error) {
      await paths.return(undefined)
      throw error
    }
  }
  const outcomes = await Promise.allSettled(Array.from({ length: inFlight }, work))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  terminal.err(
    `${counts.Success} instances were stored, ${counts.AlreadyStored} were stored already, ` +
      `${counts.FilteredOut} were filtered out, ${counts.Refused} files are no DICOM instances`,
  )
  return 0
}

/** Iterating over this does not end the source when one of its users stops. */
function shared<T>(source: AsyncGenerator<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) }
}

async function importFile(storage: OpenedStorage, path: string): Promise<Outcome> {
  try {
    return (await storage.receive(createReadStream(path), { kind: 'Import' })).status
  } catch (error) {
    if (error instanceof DomainError && error.code === 'BadFileFormat') return 'Refused'
    throw error
  }
}

/** Links are not followed: they could lead out of the folder, or in circles. */
async function* filesBelow(folder: string): AsyncGenerator<string> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder) throw new DomainError('InexistentFile', folder)
  const pending = [folder]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for await (const entry of await opendir(next)) {
      const path = join(next, entry.name)
      if (entry.isDirectory()) pending.push(path)
      else if (entry.isFile()) yield path
    }
  }
}
