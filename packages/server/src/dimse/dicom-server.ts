import { type AssociationObserver, type DicomServer, type ListenOptions, listen } from '@kingsfoil/dimse'
import type { FindAnswers } from '../find/find-answers.ts'
import type { Ingest } from '../ingest/ingest.ts'
import { DomainError } from '../model/domain-error.ts'
import { type AcceptanceOptions, decideAcceptance } from './acceptance.ts'
import { createFindHandler } from './find-handler.ts'
import { createStoreHandler, type DicomLog } from './store-handler.ts'

export interface DicomServerOptions {
  /** Asked for each association. */
  readonly acceptance: () => AcceptanceOptions
  /** Makes it DICOM over TLS (PS3.15 B). */
  readonly tls: ListenOptions['tls']
  /** Empty: all addresses of the machine. */
  readonly bindAddress: string
  /** 0: any free one. */
  readonly port: number
  readonly maxPduLength: number
  /** Associations served at a time; others wait. */
  readonly maxAssociations: number
  /** Seconds of silence that end an association; 0: never. */
  readonly idleTimeout: number
  readonly ingest: Pick<Ingest, 'receive'>
  readonly answers: Pick<FindAnswers, 'answers'>
  readonly log: DicomLog
}

/** Starts the SCP of Verification, Storage and Query. Errors: `DicomPortInUse`. */
export async function startDicomServer(options: DicomServerOptions): Promise<DicomServer> {
  const { bindAddress, port, tls, maxPduLength, maxAssociations, idleTimeout, ingest, answers, log } = options
  try {
    return await listen({
      ...(bindAddress === '' ? {} : { host: bindAddress }),
      port,
      tls,
      maxPduLength,
      timeouts: { idleTimeout: idleTimeout * 1000 },
      limits: { maxAssociations },
      accept: (request) => decideAcceptance(request, options.acceptance()),
      handlers: {
        echo: async () => 0,
        store: createStoreHandler(ingest, log),
        find: createFindHandler(answers, log),
      },
      observer: observe(log),
    })
  } catch (error) {
    throw isPortTaken(error) ? new DomainError('DicomPortInUse', String(port), { cause: error }) : error
  }
}

const isPortTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')

function observe(log: DicomLog): AssociationObserver {
  return {
    accepted: ({ callingAeTitle, remoteAddress }) => {
      log.debug({ callingAeTitle, remoteAddress }, 'Association accepted')
    },
    rejected: ({ callingAeTitle, calledAeTitle, remoteAddress }) => {
      log.warn({ callingAeTitle, calledAeTitle, remoteAddress }, 'Association rejected')
    },
    ended: ({ callingAeTitle, remoteAddress }, error) => {
      if (error === undefined) log.debug({ callingAeTitle, remoteAddress }, 'Association released')
      else log.info({ callingAeTitle, remoteAddress, reason: error.message }, 'Association broken off')
    },
    failed: (error) => log.error({ err: error }, 'A DICOM request could not be handled'),
  }
}
