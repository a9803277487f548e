import type { Dictionary } from '@kingsfoil/dicom'
import { parseIndexInSeries } from '../../model/index-in-series.ts'
import type { JsonValue } from '../../model/json-value.ts'
import { type Level, resourcePath } from '../../model/level.ts'
import { systemMetadata } from '../../model/metadata.ts'
import type { Removal, ResourceDetails } from '../../resources/resources.ts'
import type { View } from '../route.ts'
import { type TagFormat, viewTags } from './tag-format.ts'

/** Names of the member that holds the children's ids, and of the one that holds the parent's. */
const childrenMember = { Patient: 'Studies', Study: 'Series', Series: 'Instances', Instance: '' } as const
const parentMember = {
  Patient: '',
  Study: 'ParentPatient',
  Series: 'ParentStudy',
  Instance: 'ParentSeries',
} as const

/** `labels`: those of the resource. */
export function viewResource(
  resource: ResourceDetails,
  format: TagFormat,
  dictionary: Dictionary,
  labels: readonly string[] = [],
): View {
  const { level, id, metadata, mainTags, parentId, childIds, patientMainTags } = resource
  const anonymizedFrom = metadata[systemMetadata.AnonymizedFrom]
  const modifiedFrom = metadata[systemMetadata.ModifiedFrom]
  return {
    ID: id,
    Type: level,
    Labels: labels,
    MainDicomTags: viewTags(mainTags, format, dictionary),
    ...(anonymizedFrom !== undefined && { AnonymizedFrom: anonymizedFrom }),
    ...(modifiedFrom !== undefined && { ModifiedFrom: modifiedFrom }),
    ...(parentId !== undefined && { [parentMember[level]]: parentId }),
    ...(level !== 'Instance' && { [childrenMember[level]]: childIds, ...viewStability(resource) }),
    ...(patientMainTags && { PatientMainDicomTags: viewTags(patientMainTags, format, dictionary) }),
    ...viewOwnMembers(resource),
  }
}

const viewStability = ({ isStable, metadata }: ResourceDetails): View => ({
  IsStable: isStable,
  LastUpdate: metadata[systemMetadata.LastUpdate] ?? '',
})

function viewOwnMembers(resource: ResourceDetails): View {
  switch (resource.level) {
    case 'Patient':
      return { IsProtected: resource.isProtected }
    case 'Study':
      return {}
    case 'Series':
      return {
        ExpectedNumberOfInstances: resource.expectedInstances ?? null,
        Status: resource.status ?? 'Unknown',
      }
    case 'Instance':
      return {
        ...(resource.file && { FileSize: resource.file.size, FileUuid: resource.file.blobKey }),
        IndexInSeries: indexOf(resource.metadata[systemMetadata.IndexInSeries]),
      }
  }
}

const indexOf = (text: string | undefined): JsonValue =>
  (text === undefined ? undefined : parseIndexInSeries(text)) ?? null

export const viewReference = (level: Level, id: string): View => ({
  ID: id,
  Path: resourcePath(level, id),
  Type: level,
})

export const viewRemoval = ({ remainingAncestor: left }: Removal): View => ({
  RemainingAncestor: left === undefined ? null : viewReference(left.level, left.id),
})
