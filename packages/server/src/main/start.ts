import { startWebhooks } from '../automation/webhooks.ts'
import type { Config } from '../config/options.ts'
import { startDicomServer } from '../dimse/dicom-server.ts'
import { LiveAcceptance } from '../dimse/live-acceptance.ts'
import { FindAnswers } from '../find/find-answers.ts'
import { createRestServer } from '../rest/rest-server.ts'
import { accessOptions } from './access-options.ts'
import { acceptanceOptions, dicomOptions } from './dicom-options.ts'
import type { Log } from './log.ts'
import { LogLevels } from './log-levels.ts'
import { type Ports, restOptions } from './rest-options.ts'
import { openStorage, type Storage } from './storage.ts'
import { dicomTls, httpTls } from './tls-options.ts'

export interface RunningServer {
  /** 0 when it is switched off. */
  readonly httpPort: number
  /** 0 when it is switched off. */
  readonly dicomPort: number
  /** Takes nothing new, finishes what was begun, and closes everything. */
  stop(): Promise<void>
}

/** Seconds that uploads and associations under way are given when the server stops. */
const graceSeconds = 20

type Stop = () => Promise<void>

/**
 * Builds everything, once, and starts it. `control` hears of clients that want it stopped.
 * Errors: `HttpPortInUse`, `DicomPortInUse`, `DatabaseUnavailable` when another process has the storage open,
 * and those of TLS options.
 */
export async function start(
  config: Config,
  log: Log,
  control?: (wish: 'reset' | 'shutdown') => void,
): Promise<RunningServer> {
  const storage = await openStorage(config, log)
  const ports: Ports = { http: config.HttpPort, dicom: config.DicomPort }
  const live = {
    control,
    acceptance: new LiveAcceptance(acceptanceOptions(config), () => storage.remotes.modalities.all),
    logLevels: new LogLevels(log),
  }
  const stops: Stop[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(stops.map((each) => each()))
    await storage.close()
  }
  try {
    const { kept, removed } = await storage.recover()
    if (kept + removed > 0)
      log.info({ kept, removed }, 'Files of an earlier process that did not end in order')
    stops.push(await startAutomation(config, storage, log))
    await storage.jobs.start()
    stops.push(() => storage.jobs.stop())
    await storage.watchStability()
    if (config.DicomServerEnabled) stops.push(await startDicom(config, storage, ports, live, log))
    if (config.HttpServerEnabled) stops.push(await startHttp(config, storage, ports, live, log))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    httpPort: config.HttpServerEnabled ? ports.http : 0,
    dicomPort: config.DicomServerEnabled ? ports.dicom : 0,
    stop,
  }
}

/** What clients may change while the server runs. */
interface Live {
  readonly acceptance: LiveAcceptance
  readonly logLevels: LogLevels
  readonly control: ((wish: 'reset' | 'shutdown') => void) | undefined
}

function startAutomation(config: Config, { changes, deliveries }: Storage, log: Log): Promise<Stop> {
  return startWebhooks({
    webhooks: config.Webhooks,
    changes,
    deliveries,
    clock: Date.now,
    log: log.child({ room: 'automation' }),
  })
}

async function startDicom(
  config: Config,
  storage: Storage,
  ports: Ports,
  live: Live,
  log: Log,
): Promise<Stop> {
  const server = await startDicomServer({
    ...dicomOptions(config),
    acceptance: () => live.acceptance.options,
    tls: await dicomTls(config),
    ingest: storage.ingest,
    answers: new FindAnswers(storage.find, {
      dictionary: storage.dictionary,
      get defaultCharacterSet() {
        return storage.encoding.defaultCharacterSet
      },
      caseSensitiveNames: config.CaseSensitivePN,
      retrieveAeTitle: config.DicomAet,
    }),
    log: live.logLevels.child('dicom'),
  })
  ports.dicom = server.port
  log.info({ aeTitle: config.DicomAet, port: server.port }, 'DICOM server started')
  return async () => {
    const deadline = setTimeout(() => void server.abort(), graceSeconds * 1000)
    await server.close()
    clearTimeout(deadline)
  }
}

async function startHttp(
  config: Config,
  storage: Storage,
  ports: Ports,
  live: Live,
  log: Log,
): Promise<Stop> {
  const { access, warnings } = accessOptions(config)
  for (const warning of warnings) log.warn(warning)
  const { ingest, resources, attachments, userMetadata, pages, find, labels, reconstruct } = storage
  const { changes, exports, deliveries, jobs, archives, remotes } = storage
  const server = createRestServer({
    ...restOptions(config, access, ports, storage.mainTags),
    tls: await httpTls(config),
    ingest,
    resources,
    attachments,
    userMetadata,
    pages,
    find,
    labels,
    reconstruct,
    changes,
    deliveries,
    exports,
    jobs,
    archives,
    remotes,
    ...live,
    dictionary: storage.dictionary,
    encoding: storage.encoding,
    clock: Date.now,
    log: live.logLevels.child('http'),
  })
  ports.http = await server.listen()
  log.info({ port: ports.http }, config.SslEnabled ? 'HTTPS server started' : 'HTTP server started')
  return () => server.close(graceSeconds)
}
