import type { BlobStore, ByteSpan } from '../blobs/blob-store.ts'
import { compressInPlace, readFile, restore, verifyFile } from '../blobs/compressed-blob.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { AttachmentName, WriteOutcome } from '../catalog/operations/attachments.ts'
import type { Changes } from '../changes/changes.ts'
import type { Allocate } from '../model/allocate.ts'
import type { Attachment } from '../model/attachment.ts'
import { type Clock, formatDate } from '../model/clock.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Level } from '../model/level.ts'
import type { InstanceFile } from '../model/resource.ts'
import { mayReplace, type Precondition } from '../model/revision.ts'

export interface AttachmentsDependencies {
  readonly blobs: BlobStore
  readonly catalog: Catalog
  readonly changes: Changes
  readonly clock: Clock
  /** Whether new files are stored compressed. */
  readonly compress: boolean
  /** Called when blobs have to be removed. */
  readonly reclaim: () => void
}

/** Files that belong to resources, the DICOM files of instances among them. Errors are `DomainError`s. */
export class Attachments {
  readonly #with: AttachmentsDependencies

  constructor(dependencies: AttachmentsDependencies) {
    this.#with = dependencies
  }

  /** By number; undefined for an unknown resource. */
  list(level: Level, id: string): Promise<readonly Attachment[] | undefined> {
    return this.#with.catalog.attachments(level, id)
  }

  get(name: AttachmentName): Promise<Attachment | undefined> {
    return this.#with.catalog.attachment(name)
  }

  /** The content, or a part of it. */
  read(file: InstanceFile, span?: ByteSpan, allocate?: Allocate): AsyncIterable<Uint8Array> {
    return readFile(this.#with.blobs, file, span, allocate)
  }

  /** The blob, or a part of it, in whichever form it is. */
  readStored(file: InstanceFile, span?: ByteSpan, allocate?: Allocate): AsyncIterable<Uint8Array> {
    return this.#with.blobs.read(file.blobKey, span, allocate)
  }

  verify(file: InstanceFile): Promise<boolean> {
    return verifyFile(this.#with.blobs, file)
  }

  /**
   * Stores the bytes in the place of what is there. Errors: `UnknownResource`, `Revision`, those of the blob store and
   * of `bytes`; then nothing has changed.
   */
  async put(
    name: AttachmentName,
    bytes: AsyncIterable<Uint8Array>,
    precondition: Precondition,
  ): Promise<Attachment> {
    const { blobs, compress } = this.#with
    await this.#check(name, precondition)
    const { key: blobKey, size, md5 } = await blobs.write(bytes)
    const plain = { blobKey, size, md5 }
    const file = compress ? await compressInPlace(blobs, plain) : plain
    return this.#commit(name, file, { precondition, create: true })
  }

  /** Before the bytes are taken: they may be many. */
  async #check(name: AttachmentName, precondition: Precondition): Promise<void> {
    const known = await this.list(name.level, name.id)
    if (known === undefined) throw new DomainError('UnknownResource')
    const current = known.find(({ type }) => type === name.type)
    if (!mayReplace(current, precondition)) throw new DomainError('Revision')
  }

  /** Errors: `UnknownResource`, `Revision`. */
  async remove(name: AttachmentName, precondition: Precondition): Promise<void> {
    const { catalog, changes, clock, reclaim } = this.#with
    succeed(await catalog.deleteAttachment({ ...name, precondition, date: formatDate(clock()) }))
    reclaim()
    changes.nudge()
  }

  /**
   * Changes the form in which a file is stored: a new revision, unless it has that form already.
   * Errors: `UnknownResource`; `Revision` when somebody else replaces it meanwhile.
   */
  async setCompressed(name: AttachmentName, compressed: boolean): Promise<void> {
    const current = await this.get(name)
    if (current === undefined) throw new DomainError('UnknownResource')
    if ((current.compressed !== undefined) === compressed) return
    const file = await restore(this.#with.blobs, current, { compressed })
    const precondition = { expected: current, required: true }
    await this.#commit(name, file, { precondition, create: false })
  }

  async #commit(
    name: AttachmentName,
    file: InstanceFile,
    how: { readonly precondition: Precondition; readonly create: boolean },
  ): Promise<Attachment> {
    const { blobs, catalog, changes, clock, reclaim } = this.#with
    try {
      const outcome = await catalog.setAttachment({ ...name, ...how, file, date: formatDate(clock()) })
      const revision = succeed(outcome)
      blobs.confirm(file.blobKey)
      reclaim()
      changes.nudge()
      return { ...file, type: name.type, revision }
    } catch (error) {
      // After any other failure the transaction may have reached the disk: the next start decides about the blob.
      if (error instanceof DomainError && certainlyUndone.has(error.code)) await blobs.remove(file.blobKey)
      throw error
    }
  }
}

const certainlyUndone: ReadonlySet<string> = new Set(['FullStorage', 'UnknownResource', 'Revision'])

/** The new revision. Errors: `UnknownResource`, `Revision`. */
export function succeed(outcome: WriteOutcome): number {
  if (outcome.kind === 'written') return outcome.revision
  throw new DomainError(outcome.kind === 'unknown' ? 'UnknownResource' : 'Revision')
}
