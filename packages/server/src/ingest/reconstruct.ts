import { readPart10 } from '@kingsfoil/dicom'
import type { BlobStore } from '../blobs/blob-store.ts'
import { readFile } from '../blobs/compressed-blob.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { NewTags } from '../catalog/operations/replace-tags.ts'
import { type Level, levels } from '../model/level.ts'
import { limits } from '../model/limits.ts'
import { mainTags } from '../model/main-tags.ts'
import { type Summary, selectTags, summarize, type TextOptions } from './summarize.ts'

export interface ReconstructDependencies {
  readonly blobs: BlobStore
  readonly catalog: Catalog
  readonly text: TextOptions
}

export interface ReconstructOptions {
  /** Reads one file, and leaves all other levels as they are. */
  readonly thisLevelOnly: boolean
}

/** Replacements that are written together. */
const perWrite = 64

/** Studies that are listed together. */
const studiesPerPage = 500

/** Reads main tags again from the files: after a change of what is kept, or of what is understood. */
export class Reconstruct {
  readonly #with: ReconstructDependencies

  constructor(dependencies: ReconstructDependencies) {
    this.#with = dependencies
  }

  /** False for an unknown resource. Errors: `BadFileFormat` for a file that cannot be read any more. */
  async one(level: Level, id: string, { thisLevelOnly }: ReconstructOptions): Promise<boolean> {
    const { catalog } = this.#with
    if ((await catalog.get(level, id)) === undefined) return false
    const instances = level === 'Instance' ? [id] : ((await catalog.descendants(level, id, 'Instance')) ?? [])
    const done = new Set<string>()
    let waiting: NewTags[] = []
    for (const instance of thisLevelOnly ? instances.slice(0, 1) : instances) {
      const summary = await this.#read(instance)
      if (summary === undefined) continue
      for (const each of await this.#replacements(instance, summary)) {
        // A level has the tags of its first instance.
        if (done.has(each.id) || (thisLevelOnly && each.level !== level)) continue
        done.add(each.id)
        waiting.push(each)
      }
      if (waiting.length < perWrite) continue
      await catalog.replaceTags(waiting)
      waiting = []
    }
    await catalog.replaceTags(waiting)
    return true
  }

  async all(): Promise<void> {
    for (let since = 0; ; since += studiesPerPage) {
      const studies = await this.#with.catalog.list('Study', { since, limit: studiesPerPage })
      for (const study of studies) await this.one('Study', study, { thisLevelOnly: false })
      if (studies.length < studiesPerPage) return
    }
  }

  async #read(instance: string): Promise<Summary | undefined> {
    const { blobs, catalog, text } = this.#with
    const file = await catalog.locateFile(instance)
    if (file === undefined) return undefined
    const { needed } = text.mainTags ?? selectTags(mainTags)
    const bytes = readFile(blobs, file)
    const options = { only: needed, untilPixelData: true, dictionary: text.dictionary }
    return summarize(
      await readPart10(bytes, { ...options, limits: { maxValueBytes: limits.valueBytes } }),
      text,
    )
  }

  async #replacements(instance: string, summary: Summary): Promise<readonly NewTags[]> {
    const found: NewTags[] = []
    let id: string | undefined = instance
    for (const level of levels.toReversed()) {
      if (id === undefined) break
      const patientTags = level === 'Study' ? summary.mainTags.Patient : undefined
      found.push({
        level,
        id,
        tags: summary.mainTags[level],
        patientTags,
        signature: summary.signatures[level],
      })
      id = (await this.#with.catalog.get(level, id))?.parentId
    }
    return found
  }
}
