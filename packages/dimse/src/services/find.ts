import type { DataSet } from '@kingsfoil/dicom'
import type { AcceptedContext, AssociationInfo } from '../association/association-info.ts'
import { AssociationError, DimseProtocolError } from '../dimse/dimse-error.ts'
import { commandFields } from '../dimse/messages.ts'
import { isPending, type PendingStatus, statuses } from '../dimse/status.ts'
import { type Answer, responseOf } from './answer.ts'
import { decodeIdentifier, encodeIdentifier, identifierSyntaxes, readIdentifier } from './identifier.ts'
import { interruptible } from './interruptible.ts'
import { type OperationResult, resultOf } from './operation-result.ts'
import type { Invoker, ReceivedResponse } from './outgoing-requests.ts'
import { contextFor } from './presentation-context.ts'
import { sopClassOf } from './requested-sop-class.ts'
import type { ServiceProvider, ServiceResponse } from './service-provider.ts'

/** SOP classes of C-FIND (PS3.4 C.6.1.3, C.6.2.3, K.6.1.2). */
export const findSopClasses = {
  patientRoot: '1.2.840.10008.5.1.4.1.2.1.1',
  studyRoot: '1.2.840.10008.5.1.4.1.2.2.1',
  modalityWorklist: '1.2.840.10008.5.1.4.31',
} as const

export interface FindRequest {
  readonly association: AssociationInfo
  readonly sopClassUid: string
  /** 0 medium, 1 high, 2 low. */
  readonly priority: number
  /** What to match and what to return; which levels and keys make sense is for the handler to say. */
  readonly identifier: DataSet
  /** Aborts on C-CANCEL-RQ, and when the association ends before the final response was sent. */
  readonly signal: AbortSignal
}

export interface FindMatch {
  /** `pendingWithWarning` if optional keys were not supported (PS3.4 Table C.4-1). */
  readonly status: PendingStatus
  /** In any encoding: it is sent in that of the presentation context. */
  readonly identifier: DataSet
}

/**
 * Answers a C-FIND: yields the matches and returns the final status. It is asked for the next match when the peer has
 * taken those before, and is left when `signal` aborts.
 */
export type FindHandler = (request: FindRequest) => AsyncGenerator<FindMatch, Answer, undefined>

/** C-FIND as SCP (PS3.7 9.1.2, PS3.4 C.4.1). */
export function findProvider(handle: FindHandler): ServiceProvider {
  return async function* find(request) {
    const { association, context, command, cancelled, report } = request
    const sopClassUid = sopClassOf(request)
    const identifier = await readIdentifier(request)
    const signal = AbortSignal.any([request.signal, cancelled])
    const { priority = 0 } = command
    const matches = handle({ association, sopClassUid, priority, identifier, signal })
    const answer = yield* interruptible(matches, (match) => pendingResponse(match, context), {
      signal,
      report,
    })
    yield responseOf(answer ?? statuses.cancel)
  }
}

export interface FindOptions {
  /** A presentation context for it must have been accepted. */
  readonly sopClassUid: string
  /** 0 medium, 1 high, 2 low. */
  readonly priority?: number
  /** Cancels the operation, also while its next match is awaited. */
  readonly signal?: AbortSignal | undefined
}

/**
 * C-FIND as SCU: yields the matches, returns the final status, which is not a failure; `cancel` from a peer that was
 * not asked to means that it has more matches than it gives. Leaving the loop, or `signal`, sends C-CANCEL-RQ and
 * drops what still comes up to the final response; with `signal`, its reason is thrown then.
 * Throws OperationFailedError for a failure status, DicomError for an identifier that cannot be read or written,
 * DimseProtocolError for a match without one, AssociationError if no context fits or the association ends.
 */
export async function* invokeFind(
  invoker: Invoker,
  identifier: DataSet,
  options: FindOptions,
): AsyncGenerator<FindMatch, OperationResult, undefined> {
  const { sopClassUid, priority = 0, signal } = options
  const context = contextFor(invoker.association, sopClassUid, identifierSyntaxes)
  const command = { commandField: commandFields.cFind, affectedSopClassUid: sopClassUid, priority }
  const dataSet = encodeIdentifier(identifier, context)
  for await (const response of invoker.invoke(context.id, command, dataSet, signal)) {
    if (!isPending(response.status)) return resultOf(response)
    yield matchOf(response, response.status, context)
  }
  throw new AssociationError('C-FIND was not answered')
}

function pendingResponse({ status, identifier }: FindMatch, context: AcceptedContext): ServiceResponse {
  return { status, dataSet: encodeIdentifier(identifier, context) }
}

function matchOf({ dataSet }: ReceivedResponse, status: PendingStatus, context: AcceptedContext): FindMatch {
  if (!dataSet) throw new DimseProtocolError('a pending response of C-FIND has no identifier')
  return { status, identifier: decodeIdentifier(dataSet, context) }
}
