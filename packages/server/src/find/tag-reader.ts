import type { DataSet, Tag } from '@kingsfoil/dicom'
import { formatTag } from '@kingsfoil/dicom'
import type { CatalogSearch } from '../catalog/search/catalog-search.ts'
import type { SearchRow } from '../catalog/search/read-rows.ts'
import type { Level } from '../model/level.ts'
import type { TagValue } from '../model/resource.ts'
import { elementValue, type TextOptions } from './data-set-value.ts'
import type { ComputedName, TagPlace, TagPlaces } from './query-tag.ts'

/** What values are taken from. */
export interface ValueSources {
  readonly search: CatalogSearch
  readonly places: TagPlaces
  readonly text: TextOptions
  /** The data set of an instance up to Pixel Data; undefined for an unknown id. */
  readonly readHeader: (instanceId: string) => Promise<DataSet | undefined>
}

/** What rows must bring along. */
export interface Needs {
  readonly tags: Map<Level, Set<string>>
  readonly keys: Set<Level>
  metadata: boolean
}

export const noNeeds = (): Needs => ({ tags: new Map(), keys: new Set(), metadata: false })

export function addNeed(needs: Needs, tag: Tag, place: TagPlace): void {
  if (place.kind === 'main') {
    const known = needs.tags.get(place.level)
    if (known === undefined) needs.tags.set(place.level, new Set([formatTag(tag)]))
    else known.add(formatTag(tag))
  } else if (place.kind === 'computed') needs.keys.add(place.level)
  else if (place.kind === 'metadata') needs.metadata = true
}

/** A value that does not take a file to read. */
export function readValue(
  search: CatalogSearch,
  row: SearchRow,
  tag: Tag,
  place: TagPlace,
): TagValue | undefined {
  switch (place.kind) {
    case 'main':
      return row.tags[place.level]?.[formatTag(tag)]
    case 'metadata':
      return row.metadata[place.number]
    case 'computed':
      return compute(search, place.name, row.keys[place.level] ?? 0)
    case 'below':
    case 'file':
      return undefined
  }
}

const several = (values: readonly string[]): string => values.join('\\')

function compute(search: CatalogSearch, name: ComputedName, key: number): string {
  switch (name) {
    case 'ModalitiesInStudy':
      return several(search.modalitiesIn(key))
    case 'SOPClassesInStudy':
      return several(search.sopClassesIn(key))
    case 'InstanceAvailability':
      return 'ONLINE'
    case 'NumberOfPatientRelatedStudies':
      return String(search.countBelow('Patient', key, 'Study'))
    case 'NumberOfPatientRelatedSeries':
      return String(search.countBelow('Patient', key, 'Series'))
    case 'NumberOfPatientRelatedInstances':
      return String(search.countBelow('Patient', key, 'Instance'))
    case 'NumberOfStudyRelatedSeries':
      return String(search.countBelow('Study', key, 'Series'))
    case 'NumberOfStudyRelatedInstances':
      return String(search.countBelow('Study', key, 'Instance'))
    case 'NumberOfSeriesRelatedInstances':
      return String(search.countBelow('Series', key, 'Instance'))
  }
}

/** The data set of one instance of a row: which one is nobody's business. */
export async function headerBelow(
  { search, readHeader }: ValueSources,
  level: Level,
  key: number,
): Promise<DataSet | undefined> {
  const id = search.firstInstance(level, key)
  return id === undefined ? undefined : readHeader(id)
}

/** Reads the values of some tags of rows. */
export class TagReader {
  readonly #sources: ValueSources
  readonly #level: Level
  readonly #places: readonly (readonly [Tag, TagPlace])[]
  readonly #mayReadFiles: boolean

  constructor(
    sources: ValueSources,
    level: Level,
    options: { readonly tags: readonly Tag[]; readonly mayReadFiles: boolean },
  ) {
    this.#sources = sources
    this.#level = level
    this.#places = options.tags.map((tag) => [tag, sources.places.find(tag, level)])
    this.#mayReadFiles = options.mayReadFiles
  }

  addNeeds(needs: Needs): void {
    for (const [tag, place] of this.#places) addNeed(needs, tag, place)
  }

  /** By tag, in the order asked for; undefined where there is no value. */
  async read(row: SearchRow): Promise<ReadonlyMap<Tag, TagValue | undefined>> {
    const { search, text } = this.#sources
    const fromFile =
      this.#mayReadFiles && this.#places.some(([, { kind }]) => kind === 'file' || kind === 'below')
    const header = fromFile ? await headerBelow(this.#sources, this.#level, row.key) : undefined
    return new Map(
      this.#places.map(([tag, place]) => {
        const isInFile = place.kind === 'file' || place.kind === 'below'
        if (!isInFile) return [tag, readValue(search, row, tag, place)]
        return [tag, header === undefined ? undefined : elementValue(header, tag, text)]
      }),
    )
  }
}
