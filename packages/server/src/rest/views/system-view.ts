import { type Level, levels } from '../../model/level.ts'
import type { View } from '../route.ts'

/** What `/system` says about the installation. */
export interface SystemFacts {
  /** Of Orthanc, whose API this is. */
  readonly version: string
  readonly apiVersion: number
  readonly databaseVersion: number
  readonly databaseServerIdentifier: string
  readonly name: string
  readonly dicomAet: string
  readonly dicomPort: number
  readonly httpPort: number
  readonly isHttpServerSecure: boolean
  readonly checkRevisions: boolean
  /** Tags kept in the catalog, `gggg,eeee`. */
  readonly mainTags: Readonly<Record<Level, readonly string[]>>
  readonly storageCompression: boolean
  readonly overwriteInstances: boolean
  /** A transfer syntax UID, or empty. */
  readonly ingestTranscoding: string
  /** MB, 0 = no limit. */
  readonly maximumStorageSize: number
  readonly maximumPatientCount: number
  readonly maximumStorageMode: string
  readonly userMetadata: Readonly<Record<string, number>>
  readonly dicomDefaultRetrieveMethod: string
  readonly readOnly: boolean
  readonly patientLevelEnabled: boolean
}

export const viewSystem = (facts: SystemFacts): View => ({
  ApiVersion: facts.apiVersion,
  Version: facts.version,
  DatabaseVersion: facts.databaseVersion,
  DatabaseServerIdentifier: facts.databaseServerIdentifier,
  DatabaseBackendPlugin: null,
  StorageAreaPlugin: null,
  Name: facts.name,
  DicomAet: facts.dicomAet,
  DicomPort: facts.dicomPort,
  HttpPort: facts.httpPort,
  IsHttpServerSecure: facts.isHttpServerSecure,
  PluginsEnabled: false,
  CheckRevisions: facts.checkRevisions,
  MainDicomTags: Object.fromEntries(levels.map((level) => [level, facts.mainTags[level].join(';')])),
  StorageCompression: facts.storageCompression,
  OverwriteInstances: facts.overwriteInstances,
  IngestTranscoding: facts.ingestTranscoding,
  MaximumStorageSize: facts.maximumStorageSize,
  MaximumPatientCount: facts.maximumPatientCount,
  MaximumStorageMode: facts.maximumStorageMode,
  UserMetadata: facts.userMetadata,
  HasLabels: true,
  DicomDefaultRetrieveMethod: facts.dicomDefaultRetrieveMethod,
  Capabilities: {
    HasExtendedChanges: true,
    HasExtendedFind: true,
    HasKeyValueStores: false,
    HasQueues: false,
    HasReserveQueueValue: false,
  },
  ReadOnly: facts.readOnly,
  PatientLevelEnabled: facts.patientLevelEnabled,
})
