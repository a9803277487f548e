import { parseIndexInSeries } from '../model/index-in-series.ts'
import type { TagValues } from '../model/resource.ts'
import { fileName, folderName, type NameOptions, SiblingNames } from './entry-names.ts'

/** A patient, study or series on the way to an instance. */
export interface TreeResource {
  readonly id: string
  readonly mainTags: TagValues
}

export interface TreeInstance {
  readonly id: string
  /** Bytes of its file. */
  readonly size: number
  /** The metadata IndexInSeries. */
  readonly indexInSeries: string | undefined
}

/** A series, where it belongs, and what is wanted of it. */
export interface TreeSeries {
  readonly patient: TreeResource
  readonly study: TreeResource
  readonly series: TreeResource
  /** In order of arrival. */
  readonly instances: readonly TreeInstance[]
}

/** A folder of an archive and its files. */
export interface ArchiveFolder {
  /** With a slash at its end. */
  readonly path: string
  readonly files: readonly {
    readonly name: string
    readonly instance: TreeInstance
  }[]
}

const tags = {
  patientName: '0010,0010',
  patientId: '0010,0020',
  accessionNumber: '0008,0050',
  studyDescription: '0008,1030',
  modality: '0008,0060',
  seriesDescription: '0008,103e',
} as const

function textOf({ mainTags }: TreeResource, tag: keyof typeof tags): string {
  const value = mainTags[tags[tag]]
  return typeof value === 'string' ? value : ''
}

const byId = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/**
 * Where everything goes: `patient/study/series/file`, with names that are made of main tags. Siblings are in the order
 * of their ids, so that namesakes get the same numbers whenever the archive is made.
 */
export function* arrangeFolders(
  all: readonly TreeSeries[],
  options: NameOptions,
): Generator<ArchiveFolder, void, undefined> {
  const patients = new SiblingNames()
  for (const ofPatient of siblings(all, ({ patient }) => patient.id)) {
    const { patient } = ofPatient[0]
    const patientTexts = [textOf(patient, 'patientId'), textOf(patient, 'patientName')]
    const patientFolder = patients.take(folderName(patientTexts, 'Unknown Patient', options))
    const studies = new SiblingNames()
    for (const ofStudy of siblings(ofPatient, ({ study }) => study.id)) {
      const { study } = ofStudy[0]
      const studyTexts = [textOf(study, 'accessionNumber'), textOf(study, 'studyDescription')]
      const studyFolder = studies.take(folderName(studyTexts, 'Unknown Study', options))
      const names = new SiblingNames()
      for (const [{ series, instances }] of siblings(ofStudy, ({ series }) => series.id)) {
        const seriesTexts = [textOf(series, 'modality'), textOf(series, 'seriesDescription')]
        const seriesFolder = names.take(folderName(seriesTexts, 'Unknown Series', options))
        yield {
          path: `${patientFolder}/${studyFolder}/${seriesFolder}/`,
          files: nameFiles(textOf(series, 'modality'), instances),
        }
      }
    }
  }
}

type Group = readonly [TreeSeries, ...(readonly TreeSeries[])]

function siblings(all: readonly TreeSeries[], idOf: (series: TreeSeries) => string): readonly Group[] {
  const groups = [...Map.groupBy(all, idOf)].sort(([one], [other]) => byId(one, other))
  return groups.flatMap(([, [first, ...others]]) =>
    first === undefined ? [] : [[first, ...others] as const],
  )
}

/** By their indexes in the series if these tell all of them apart, otherwise counted in order of arrival. */
function nameFiles(modality: string, instances: readonly TreeInstance[]): ArchiveFolder['files'] {
  const numbered = instances.map((instance) => ({
    instance,
    index: instance.indexInSeries === undefined ? undefined : parseIndexInSeries(instance.indexInSeries),
  }))
  const indexes = new Set(numbered.map(({ index }) => index))
  const areDistinct = indexes.size === instances.length && !indexes.has(undefined)
  if (areDistinct) numbered.sort((one, other) => (one.index ?? 0) - (other.index ?? 0))
  return numbered.map(({ instance, index }, position) => ({
    instance,
    name: fileName(modality, areDistinct ? (index ?? position) : position),
  }))
}
