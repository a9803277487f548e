import { parseNumericTag, type Tag } from '@kingsfoil/dicom'
import { type Level, levels, parentLevel } from '../model/level.ts'
import { systemMetadata } from '../model/metadata.ts'

export type MainTags = Readonly<Record<Level, readonly string[]>>

/** Attributes that are counted or gathered when they are asked for (PS3.4 C.3.4). */
const computed = {
  ModalitiesInStudy: { tag: 0x00080061, level: 'Study' },
  SOPClassesInStudy: { tag: 0x00080062, level: 'Study' },
  InstanceAvailability: { tag: 0x00080056, level: 'Patient' },
  NumberOfPatientRelatedStudies: { tag: 0x00201200, level: 'Patient' },
  NumberOfPatientRelatedSeries: { tag: 0x00201202, level: 'Patient' },
  NumberOfPatientRelatedInstances: { tag: 0x00201204, level: 'Patient' },
  NumberOfStudyRelatedSeries: { tag: 0x00201206, level: 'Study' },
  NumberOfStudyRelatedInstances: { tag: 0x00201208, level: 'Study' },
  NumberOfSeriesRelatedInstances: { tag: 0x00201209, level: 'Series' },
} as const satisfies Record<string, { readonly tag: Tag; readonly level: Level }>

export type ComputedName = keyof typeof computed

export const modalitiesInStudyTag: Tag = computed.ModalitiesInStudy.tag

const sopClassUid: Tag = 0x00080016

/** Where the value of a tag is to be had for resources of one level. */
export type TagPlace =
  /** In the catalog, with the resource itself or one above it. */
  | { readonly kind: 'main'; readonly level: Level }
  | { readonly kind: 'computed'; readonly name: ComputedName; readonly level: Level }
  | { readonly kind: 'metadata'; readonly number: number }
  /** It belongs to a lower level: the resource has many values of it, or none. */
  | { readonly kind: 'below' }
  /** In the files of the instances below the resource. */
  | { readonly kind: 'file' }

const computedByTag = new Map(
  Object.entries(computed).map(([name, row]) => [row.tag as Tag, { name, ...row }]),
)

/** Knows where tags are found, given what the catalog keeps. */
export class TagPlaces {
  readonly #levelsOf = new Map<Tag, Set<Level>>()

  constructor(mainTags: MainTags) {
    for (const level of levels) {
      for (const name of mainTags[level]) {
        const tag = parseNumericTag(name)
        if (tag === undefined) continue
        const known = this.#levelsOf.get(tag)
        if (known === undefined) this.#levelsOf.set(tag, new Set([level]))
        else known.add(level)
      }
    }
  }

  find(tag: Tag, level: Level): TagPlace {
    const made = computedByTag.get(tag)
    if (made !== undefined) {
      const isAbove = levels.indexOf(made.level) <= levels.indexOf(level)
      return isAbove
        ? { kind: 'computed', name: made.name as ComputedName, level: made.level }
        : { kind: 'below' }
    }
    const known = this.#levelsOf.get(tag)
    for (let at: Level | undefined = level; at !== undefined; at = parentLevel(at)) {
      if (known?.has(at) === true) return { kind: 'main', level: at }
    }
    if (tag === sopClassUid && level === 'Instance')
      return { kind: 'metadata', number: systemMetadata.SopClassUid }
    return known === undefined ? { kind: 'file' } : { kind: 'below' }
  }
}
