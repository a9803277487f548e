import type { Catalog } from '../catalog/catalog.ts'
import type { Changes } from '../changes/changes.ts'
import { type Clock, formatDate } from '../model/clock.ts'
import type { Level } from '../model/level.ts'
import type { Precondition } from '../model/revision.ts'
import { succeed } from './attachments.ts'

export interface UserMetadataDependencies {
  readonly catalog: Catalog
  readonly changes: Changes
  readonly clock: Clock
}

export interface MetadataName {
  readonly level: Level
  readonly id: string
  readonly number: number
}

/** Values that users put on resources, by number. */
export class UserMetadata {
  readonly #with: UserMetadataDependencies

  constructor(dependencies: UserMetadataDependencies) {
    this.#with = dependencies
  }

  /** Of a value that is there. */
  revision({ level, id, number }: MetadataName): Promise<number> {
    return this.#with.catalog.metadataRevision(level, id, number)
  }

  /** Gives the new revision. Errors: `UnknownResource`, `Revision`. */
  set(name: MetadataName, value: string, precondition: Precondition): Promise<number> {
    return this.#change(name, value, precondition)
  }

  /** Errors: `UnknownResource`, also for what is not there; `Revision`. */
  async remove(name: MetadataName, precondition: Precondition): Promise<void> {
    await this.#change(name, undefined, precondition)
  }

  async #change(name: MetadataName, value: string | undefined, precondition: Precondition): Promise<number> {
    const { catalog, changes, clock } = this.#with
    const date = formatDate(clock())
    const revision = succeed(await catalog.setMetadata({ ...name, value, precondition, date }))
    changes.nudge()
    return revision
  }
}
