import { encodeFileMeta } from '@kingsfoil/dicom'
import type { StoreAnswer, StoreRequest } from '@kingsfoil/dimse'
import type { Ingest } from '../ingest/ingest.ts'
import { DomainError } from '../model/domain-error.ts'
import { errors } from '../model/errors.ts'

/** PS3.7 C: the instance was stored, or had been before. */
const success = 0x0000

export interface DicomLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** C-STORE as SCP: the data set goes into `ingest` with a file meta information of ours before it (PS3.10 7.1). */
export function createStoreHandler(
  ingest: Pick<Ingest, 'receive'>,
  log: DicomLog,
): (request: StoreRequest) => Promise<StoreAnswer> {
  return async (request) => {
    const { association, sopClassUid, sopInstanceUid } = request
    const origin = {
      kind: 'DicomProtocol',
      remoteIp: association.remoteAddress,
      remoteAet: association.callingAeTitle,
      calledAet: association.calledAeTitle,
    } as const
    try {
      await ingest.receive(fileOf(request), origin, { expect: { sopClassUid, sopInstanceUid } })
      return success
    } catch (error) {
      if (request.signal.aborted) throw error
      return answerError(error, log)
    }
  }
}

async function* fileOf({ association, ...request }: StoreRequest): AsyncGenerator<Uint8Array> {
  yield encodeFileMeta({
    sopClassUid: request.sopClassUid,
    sopInstanceUid: request.sopInstanceUid,
    transferSyntaxUid: request.transferSyntaxUid,
    sendingAet: association.callingAeTitle,
    receivingAet: association.calledAeTitle,
  })
  yield* request.dataSet
}

/** What is not a `DomainError` is nobody's business but the operator's. */
function answerError(error: unknown, log: DicomLog): StoreAnswer {
  if (!(error instanceof DomainError)) {
    log.error({ err: error }, 'An instance could not be stored')
    return errors.InternalError.dimseStatus
  }
  log.warn({ code: error.code }, 'An instance was not stored')
  return { status: errors[error.code].dimseStatus, errorComment: error.message }
}
