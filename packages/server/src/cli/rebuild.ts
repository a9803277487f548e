import type { OpenedStorage, Terminal } from './application.ts'

/** Prints the files that could not be taken in again; 1 when there is one. */
export async function runRebuild(storage: OpenedStorage, terminal: Terminal): Promise<number> {
  const counts = { known: 0, adopted: 0, duplicate: 0, empty: 0, refused: 0 }
  for await (const adoption of storage.rebuild()) {
    counts[adoption.outcome] += 1
    if (adoption.outcome === 'refused')
      terminal.out(`refused: file ${adoption.blobKey} (${adoption.details})`)
    if (adoption.outcome === 'duplicate') terminal.out(`duplicate: file ${adoption.blobKey}`)
  }
  terminal.err(
    `${counts.adopted} files were taken in, ${counts.known} were known already, ` +
      `${counts.duplicate} are further copies of an instance, ${counts.refused} are no DICOM files`,
  )
  return counts.refused === 0 ? 0 : 1
}
