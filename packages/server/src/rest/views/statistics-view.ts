import { type Level, levels } from '../../model/level.ts'
import type { ResourceStatistics, Statistics } from '../../model/resource.ts'
import type { View } from '../route.ts'

const megabytes = (bytes: bigint): number => Number(bytes / 1048576n)

export const viewStatistics = (statistics: Statistics): View => ({
  CountInstances: statistics.instances,
  CountPatients: statistics.patients,
  CountSeries: statistics.series,
  CountStudies: statistics.studies,
  TotalDiskSize: String(statistics.diskSize),
  TotalDiskSizeMB: megabytes(statistics.diskSize),
  TotalUncompressedSize: String(statistics.uncompressedSize),
  TotalUncompressedSizeMB: megabytes(statistics.uncompressedSize),
})

/** Only what lies below the level is counted. */
export function viewResourceStatistics(level: Level, statistics: ResourceStatistics): View {
  const below = levels.slice(levels.indexOf(level) + 1)
  const { diskSize, uncompressedSize, dicomDiskSize, dicomUncompressedSize } = statistics
  return {
    ...(below.includes('Study') && { CountStudies: statistics.studies }),
    ...(below.includes('Series') && { CountSeries: statistics.series }),
    ...(below.includes('Instance') && { CountInstances: statistics.instances }),
    ...viewSize('DiskSize', diskSize),
    ...viewSize('UncompressedSize', uncompressedSize),
    ...viewSize('DicomDiskSize', dicomDiskSize),
    ...viewSize('DicomUncompressedSize', dicomUncompressedSize),
  }
}

const viewSize = (name: string, bytes: number): View => ({
  [name]: String(bytes),
  [`${name}MB`]: Math.floor(bytes / 1048576),
})
