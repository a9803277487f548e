import { DomainError } from '../model/domain-error.ts'
import type { ArchiveStep } from './archive-plan.ts'
import { type MediaLimits, mediaLimits } from './media-limits.ts'

/** At the root of a media set, and its last entry. */
export const directoryName = 'DICOMDIR'

/** What Orthanc calls its media sets (File-set ID). */
export const fileSetId = 'ORTHANC_MEDIA'

/** `IMAGES/` and `IM0`, `IM1`, …; after a million files `IMAGES1/`. Errors: `BadRequest` for too many files. */
export function mediaName(
  position: number,
  limits: MediaLimits = mediaLimits,
): { readonly path: string; readonly name: string } {
  const folder = Math.floor(position / limits.folderFiles)
  if (folder >= limits.folders) {
    const most = limits.folders * limits.folderFiles
    throw new DomainError('BadRequest', `A media set holds ${most} instances at the most`)
  }
  return {
    path: folder === 0 ? 'IMAGES/' : `IMAGES${folder}/`,
    name: `IM${position % limits.folderFiles}`,
  }
}

/** The components of the File ID (PS3.10 8.2) of an entry. */
export const fileIdOf = (entryName: string): readonly string[] => entryName.split('/')

/** The steps of an archive with the names that its files have in a media set. Errors: `BadRequest` for too many files. */
export function* mediaSteps(
  steps: Iterable<ArchiveStep>,
  limits: MediaLimits = mediaLimits,
): Generator<ArchiveStep, void, undefined> {
  let position = 0
  for (const { folders } of steps) {
    const named: { path: string; files: [string, string][] }[] = []
    for (const [id] of folders.flatMap(({ files }) => files)) {
      const { path, name } = mediaName(position++, limits)
      if (named.at(-1)?.path !== path) named.push({ path, files: [] })
      named.at(-1)?.files.push([id, name])
    }
    yield { folders: named }
  }
}
