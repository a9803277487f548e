import type { Statistics } from '../../model/resource.ts'
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
