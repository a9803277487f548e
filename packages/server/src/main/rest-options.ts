import { hash } from 'node:crypto'
import { hostname, tmpdir } from 'node:os'
import type { AccessOptions } from '../auth/authenticate.ts'
import type { Config } from '../config/options.ts'
import type { MainTags } from '../model/main-tags.ts'
import type { RestOptions } from '../rest/rest-options.ts'
import type { SystemFacts } from '../rest/views/system-view.ts'

/** The release of Orthanc whose API is served. */
const orthanc = { version: '1.12.11', apiVersion: 30, databaseVersion: 6 } as const

const megabytes = 1024 * 1024

/** Ports as they turn out: `0` in the configuration is any free one. */
export interface Ports {
  http: number
  dicom: number
}

export function systemFacts(config: Config, ports: Readonly<Ports>, mainTags: MainTags): SystemFacts {
  const identity = `${hostname()}|${config.DicomAet}|${config.HttpPort}|${config.DicomPort}`
  return {
    ...orthanc,
    databaseServerIdentifier: config.DatabaseServerIdentifier ?? hash('sha1', identity, 'hex'),
    name: config.Name,
    dicomAet: config.DicomAet,
    get dicomPort() {
      return ports.dicom
    },
    get httpPort() {
      return ports.http
    },
    isHttpServerSecure: config.SslEnabled,
    checkRevisions: config.CheckRevisions,
    mainTags,
    storageCompression: config.StorageCompression,
    overwriteInstances: config.OverwriteInstances === 'Always',
    ingestTranscoding: '',
    maximumStorageSize: config.MaximumStorageSize,
    maximumPatientCount: config.MaximumPatientCount,
    maximumStorageMode: config.MaximumStorageMode,
    userMetadata: Object.fromEntries(config.UserMetadata),
    dicomDefaultRetrieveMethod: config.DicomDefaultRetrieveMethod,
    readOnly: config.ReadOnly,
    patientLevelEnabled: config.PatientLevelEnabled,
  }
}

type FromConfig = Omit<
  RestOptions,
  | 'tls'
  | 'ingest'
  | 'resources'
  | 'find'
  | 'labels'
  | 'attachments'
  | 'userMetadata'
  | 'pages'
  | 'reconstruct'
  | 'changes'
  | 'deliveries'
  | 'exports'
  | 'jobs'
  | 'archives'
  | 'remotes'
  | 'acceptance'
  | 'logLevels'
  | 'control'
  | 'dictionary'
  | 'encoding'
  | 'clock'
  | 'log'
>

/** What the HTTP server takes from the configuration. */
export function restOptions(
  config: Config,
  access: AccessOptions,
  ports: Readonly<Ports>,
  mainTags: MainTags,
): FromConfig {
  return {
    ...access,
    port: config.HttpPort,
    bindAddresses: config.HttpBindAddresses,
    maximumRequestBodySize: config.MaximumRequestBodySizeMB * megabytes,
    requestTimeout: config.HttpRequestTimeout,
    keepAlive: config.KeepAlive,
    keepAliveTimeout: config.KeepAliveTimeout,
    describeErrors: config.HttpDescribeErrors,
    compressAnswers: config.HttpCompressionEnabled,
    system: systemFacts(config, ports, mainTags),
    userContentTypes: config.UserContentType,
    temporaryDirectory: config.TemporaryDirectory ?? tmpdir(),
    maximumInflatedBytes: config.MaximumFileSizeInArchiveMB * megabytes,
    userInterface: undefined,
    webhooks: config.Webhooks,
    archiveOptions: { utf8: config.ZipUseUtf8, streamed: config.SynchronousZipStream },
    echoChecksFind: config.DicomEchoChecksFind,
  }
}
