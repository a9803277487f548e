import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { standardDictionary } from '@kingsfoil/dicom'
import { Archives } from '../archives/archives.ts'
import { FilesystemBlobStore } from '../blobs/filesystem-blob-store.ts'
import { Catalog } from '../catalog/catalog.ts'
import { Changes } from '../changes/changes.ts'
import { Deliveries } from '../changes/deliveries.ts'
import { Exports } from '../changes/exports.ts'
import { Stability } from '../changes/stability.ts'
import { parseModality } from '../config/parse-modality.ts'
import { Find } from '../find/find.ts'
import { TagPlaces } from '../find/query-tag.ts'
import { Ingest } from '../ingest/ingest.ts'
import { Reconstruct } from '../ingest/reconstruct.ts'
import { ArchiveJobs } from '../job-types/archive-jobs.ts'
import { dicomModalityStore } from '../job-types/dicom-modality-store.ts'
import type { JobType } from '../jobs/job-type.ts'
import { Jobs } from '../jobs/jobs.ts'
import { mainTags } from '../model/main-tags.ts'
import { Modalities } from '../remotes/modalities.ts'
import { ModalitySender } from '../remotes/modality-sender.ts'
import { Attachments } from '../resources/attachments.ts'
import { Labels } from '../resources/labels.ts'
import { Reclaimer } from '../resources/reclaimer.ts'
import { ResourcePages } from '../resources/resource-pages.ts'
import { Resources } from '../resources/resources.ts'
import { UserMetadata } from '../resources/user-metadata.ts'
import type { RestOptions } from './rest-options.ts'
import { createRestServer, type RestServer } from './rest-server.ts'
import type { SystemFacts } from './views/system-view.ts'

const system: SystemFacts = {
  version: '1.12.11',
  apiVersion: 30,
  databaseVersion: 6,
  databaseServerIdentifier: 'here',
  name: 'Test',
  dicomAet: 'ORTHANC',
  dicomPort: 4242,
  httpPort: 8042,
  isHttpServerSecure: false,
  checkRevisions: false,
  mainTags,
  storageCompression: false,
  overwriteInstances: false,
  ingestTranscoding: '',
  maximumStorageSize: 0,
  maximumPatientCount: 0,
  maximumStorageMode: 'Recycle',
  userMetadata: { mine: 1024 },
  dicomDefaultRetrieveMethod: 'C-MOVE',
  readOnly: false,
  patientLevelEnabled: true,
}

/** There is no DICOM server here; `main/start.test.ts` has both. */
const nothingAccepted: RestOptions['acceptance'] = {
  transferSyntaxes: [],
  sopClasses: [],
  acceptsUnknownSopClasses: false,
  services: [],
  acceptTransferSyntaxes: () => undefined,
  acceptUnknownSopClasses: () => undefined,
}

export interface Logged {
  readonly level: 'warn' | 'error'
  readonly fields: object
  readonly message: string
}

export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly server: RestServer
  readonly folder: string
  readonly log: readonly Logged[]
  /** Milliseconds since 1970, for all rooms. */
  readonly clock: { now: number }
  readonly stability: Stability
  readonly jobs: Jobs
  /** Bytes of everything that is stored. */
  blobSizes(): Promise<readonly number[]>
  /** Files that lie in the temporary directory. */
  temporaryFiles(): Promise<readonly string[]>
}

export type TestOptions = Partial<Omit<RestOptions, 'system'>> & {
  readonly system?: Partial<SystemFacts>
  /** Beside those of archives. */
  readonly jobTypes?: readonly JobType[]
}

/** A server on a free port, over real rooms in a folder of their own, which goes away with it. */
export async function startServer(options: TestOptions = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-rest-'))
  const temporaryDirectory = await mkdtemp(join(tmpdir(), 'kingsfoil-rest-temporary-'))
  const log: Logged[] = []
  const clock = { now: Date.UTC(2026, 0, 2, 3, 4, 5) }
  const { jobTypes = [], ...others } = options
  const rooms = await openRooms(
    folder,
    () => clock.now,
    options.system?.storageCompression ?? false,
    jobTypes,
  )
  const server = createRestServer({
    ...rooms,
    control: undefined,
    acceptance: nothingAccepted,
    logLevels: { get: () => 'default', set: () => undefined },
    dictionary: standardDictionary,
    encoding: { name: 'Latin1', defaultCharacterSet: 'ISO_IR 100', use: () => undefined },
    clock: () => clock.now,
    userContentTypes: new Map([['doc', { number: 1026, mime: 'application/pdf' }]]),
    temporaryDirectory,
    maximumInflatedBytes: 0,
    userInterface: undefined,
    webhooks: new Map(),
    archiveOptions: { utf8: false, streamed: true },
    echoChecksFind: false,
    port: 0,
    bindAddresses: ['127.0.0.1'],
    maximumRequestBodySize: 0,
    requestTimeout: 10,
    keepAlive: true,
    keepAliveTimeout: 1,
    describeErrors: true,
    compressAnswers: false,
    remoteAccessAllowed: false,
    authenticationEnabled: false,
    registeredUsers: {},
    log: {
      warn: (fields, message) => void log.push({ level: 'warn', fields, message }),
      error: (fields, message) => void log.push({ level: 'error', fields, message }),
    },
    ...others,
    system: { ...system, ...options.system },
  })
  const clean = async (): Promise<void> => {
    await server.close(1)
    await rooms.close()
    await rm(folder, { recursive: true })
    await rm(temporaryDirectory, { recursive: true })
  }
  const port = await server.listen().catch(async (error) => {
    await clean()
    throw error
  })
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    folder,
    log,
    clock,
    stability: rooms.stability,
    jobs: rooms.jobs,
    // Some are slots, and empty.
    blobSizes: async () => {
      const sizes = await Array.fromAsync(rooms.blobs.list(), (key) => rooms.blobs.size(key))
      return sizes.filter((size) => size !== undefined && size > 0) as readonly number[]
    },
    temporaryFiles: () => readdir(temporaryDirectory),
    [Symbol.asyncDispose]: clean,
  }
}

/** No modality is known at first. */
const createRemotes = () => ({
  modalities: new Modalities(new Map(), {
    parse: parseModality,
    aeTitle: 'ORTHANC',
    timeout: 10,
    transcode: true,
  }),
  sender: new ModalitySender({
    maxPduLength: 16_384,
    tls: async () => ({}),
    closeDelay: 5,
    dictionary: standardDictionary,
  }),
})

async function openRooms(
  folder: string,
  clock: () => number,
  compress: boolean,
  jobTypes: readonly JobType[],
) {
  const blobs = new FilesystemBlobStore(folder)
  const catalog = await Catalog.open(folder)
  const changes = new Changes(catalog)
  const stability = new Stability({
    catalog,
    changes,
    clock,
    stableAge: 60,
    onError: (error) => {
      throw error
    },
  })
  const deliveries = new Deliveries(catalog)
  const reclaimer = new Reclaimer(blobs, catalog, (error) => {
    throw error
  })
  const reclaim = (): void => reclaimer.wake()
  const text = { dictionary: standardDictionary, defaultCharacterSet: 'ISO_IR 100' }
  const ingest = new Ingest({
    blobs,
    catalog,
    changes,
    clock,
    text,
    overwriteInstances: false,
    compress,
    reclaim,
  })
  const resources = new Resources({ blobs, catalog, cacheBytes: 1e6, reclaim })
  const find = new Find({
    search: catalog.search,
    places: new TagPlaces(mainTags),
    text,
    readHeader: async (id) => (await resources.header(id))?.dataSet,
    fileAccess: 'Always',
    limits: { results: 0, instances: 0 },
  })
  const close = async (): Promise<void> => {
    await jobs.stop()
    await remotes.sender.close()
    await stability.stop()
    await reclaimer.idle()
    await blobs.close()
    await catalog.close()
  }
  const pages = new ResourcePages({ catalog })
  const reconstruct = new Reconstruct({ blobs, catalog, text })
  const labels = new Labels(catalog)
  const attachments = new Attachments({ blobs, catalog, changes, clock, compress, reclaim })
  const userMetadata = new UserMetadata({ catalog, changes, clock })
  const exports = new Exports(catalog, clock)
  const silent = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  }
  const archives = new ArchiveJobs({
    archives: new Archives({ blobs, catalog }),
    resources,
    text,
    clock,
    log: silent,
  })
  const remotes = createRemotes()
  const jobs = new Jobs({
    catalog: catalog.jobs,
    types: [
      ...archives.types,
      dicomModalityStore({ ...remotes, resources, recordExport: (sent) => exports.record(sent) }),
      ...jobTypes,
    ],
    clock,
    options: { concurrentJobs: 2, historySize: 10, keptOutputs: 1, resumeJobs: true },
    readBlob: (key, span) => blobs.read(key, span),
    holdBlobs: (keys) => reclaimer.hold(keys),
    onPartsKept: (keys) => {
      for (const key of keys) blobs.confirm(key)
    },
    reclaim,
    nudge: () => changes.nudge(),
    log: silent,
  })
  await jobs.start()
  return {
    changes,
    deliveries,
    exports,
    jobs,
    archives,
    remotes,
    ingest,
    resources,
    attachments,
    userMetadata,
    find,
    labels,
    pages,
    reconstruct,
    stability,
    blobs,
    close,
  }
}
