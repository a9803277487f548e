import type { DicomError, Dictionary } from '@kingsfoil/dicom'
import type { ArchivePlan, ArchiveRequest, ArchiveStep } from './archive-plan.ts'
import type { ArchivePart, ArchiveRun, Archives } from './archives.ts'
import { directoryEntry, mediaEntries } from './media-directory.ts'
import { type MediaLimits, mediaLimits } from './media-limits.ts'
import { listenToEntries, type MediaRecord } from './media-listener.ts'
import { mediaSteps } from './media-names.ts'
import type { Entries } from './pack-entries.ts'

export interface MediaSetsDependencies {
  readonly archives: Archives
  readonly dictionary: Dictionary
  /** Defined term of PS3.3 C.12.1.1.2 for files that declare none, '' for ASCII. */
  readonly defaultCharacterSet: string
  /** Default: `mediaLimits`. */
  readonly limits?: MediaLimits
}

export interface MediaRun extends ArchiveRun {
  /** More keys in the DICOMDIR than the standard asks for; the same for all steps of a set. */
  readonly extended: boolean
  /** When the set is made, in milliseconds since 1970. */
  readonly now: number
  /** An instance is in the set, but not in its DICOMDIR: it cannot be understood, or does not say what it is. */
  onUnlisted(instanceId: string | undefined, error?: DicomError): void
  /** Likewise, because another file of the set has the same SOP Instance UID. */
  onDuplicate(record: MediaRecord): void
}

export interface MediaPart extends ArchivePart {
  /** For the DICOMDIR; plain JSON. */
  readonly media: readonly MediaRecord[]
}

/** Makes media sets (PS3.10 8): ZIP archives with the names of a File-set, and its DICOMDIR as last entry. */
export class MediaSets {
  readonly #with: MediaSetsDependencies
  readonly #limits: MediaLimits

  constructor(dependencies: MediaSetsDependencies) {
    this.#with = dependencies
    this.#limits = dependencies.limits ?? mediaLimits
  }

  /** Errors: `request.unknown`; `BadRequest` for too many instances. */
  async plan(request: Omit<ArchiveRequest, 'utf8'>): Promise<ArchivePlan> {
    const plan = await this.#with.archives.plan({ ...request, utf8: false })
    return { ...plan, steps: [...mediaSteps(plan.steps, this.#limits)] }
  }

  /** The whole set. Fails as archives do; also with `BadRequest`, when the DICOMDIR grows beyond its limit. */
  stream(plan: Pick<ArchivePlan, 'steps'>, run: MediaRun): AsyncIterable<Uint8Array> {
    return this.streamEntries(this.#with.archives.entries(plan.steps, run), run)
  }

  /** The same of any files with the names of a media set. */
  streamEntries(entries: Entries, run: MediaRun): AsyncIterable<Uint8Array> {
    const { archives } = this.#with
    return archives.streamEntries(
      mediaEntries(entries, { ...this.#listening(run), ...this.#options(run) }),
      run,
    )
  }

  /** The files of one step as the part of a set that begins at `offset`. */
  writePart(step: ArchiveStep, offset: number, run: MediaRun): Promise<MediaPart> {
    return this.writeEntries(this.#with.archives.entries([step], run), offset, run)
  }

  /** The same of any files with the names of a media set. */
  async writeEntries(entries: Entries, offset: number, run: MediaRun): Promise<MediaPart> {
    const media: MediaRecord[] = []
    const onRecord = (record: MediaRecord): void => {
      media.push(record)
    }
    const listened = listenToEntries(entries, { ...this.#listening(run), onRecord })
    return { ...(await this.#with.archives.writeEntries(listened, offset, run)), media }
  }

  /**
   * The DICOMDIR as the last part but one: what is left then is `Archives.writeDirectory`. Errors: `BadRequest` when it
   * grows beyond its limit.
   */
  async writeDicomdir(
    media: AsyncIterable<MediaRecord> | Iterable<MediaRecord>,
    offset: number,
    run: MediaRun,
  ): Promise<ArchivePart> {
    const entry = await directoryEntry(media, this.#options(run))
    return this.#with.archives.writeEntries([entry], offset, run)
  }

  #listening({ extended, onUnlisted }: MediaRun) {
    const { dictionary, defaultCharacterSet } = this.#with
    return { extended, dictionary, defaultCharacterSet, onUnlisted }
  }

  #options({ extended, now, onDuplicate }: MediaRun) {
    return { extended, now, onDuplicate, limits: this.#limits }
  }
}
