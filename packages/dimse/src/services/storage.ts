import type { AssociationInfo } from '../association/association-info.ts'
import { AssociationError, DimseStatusError } from '../dimse/dimse-error.ts'
import { commandFields } from '../dimse/messages.ts'
import { statuses } from '../dimse/status.ts'
import { type Answer, responseOf } from './answer.ts'
import type { OutgoingDataSet } from './message-sender.ts'
import type { Invoker, ReceivedResponse } from './outgoing-requests.ts'
import { contextFor } from './presentation-context.ts'
import type { IncomingRequest, ServiceProvider } from './service-provider.ts'

/** Who asked for this C-STORE by C-MOVE (PS3.7 9.1.1.1). */
export interface MoveOriginator {
  readonly aeTitle: string
  readonly messageId: number
}

export interface StoreRequest {
  readonly association: AssociationInfo
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  /** That `dataSet` is encoded in. */
  readonly transferSyntaxUid: string
  readonly moveOriginator: MoveOriginator | undefined
  /** The data set without file meta information; throws AssociationError if the association ends before it does. */
  readonly dataSet: AsyncIterable<Uint8Array>
  /** Aborts when the association ends before the answer was sent. */
  readonly signal: AbortSignal
}

export type StoreAnswer = Answer

/** Answers a C-STORE; it may do so before the data set has ended, whose rest is dropped then. */
export type StoreHandler = (request: StoreRequest) => Promise<StoreAnswer>

// PS3.5 9.1 allows digits and dots; letters occur in the field. What could leave a directory is not let in.
const uidPattern = /^[0-9A-Za-z._-]{1,64}$/

/** C-STORE as SCP (PS3.7 9.1.1, PS3.4 Annex B). */
export function storeProvider(handle: StoreHandler): ServiceProvider {
  return async function* store(request) {
    yield responseOf(await handle(storeRequest(request)))
  }
}

export interface StoreOperation {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  /** That `dataSet` is encoded in; a presentation context with it must have been accepted. */
  readonly transferSyntaxUid: string
  readonly dataSet: OutgoingDataSet
  readonly moveOriginator?: MoveOriginator | undefined
  /** 0 medium, 1 high, 2 low. */
  readonly priority?: number
}

export interface StoreResult {
  readonly status: number
  readonly errorComment: string | undefined
}

/** C-STORE as SCU. Throws AssociationError if no context fits or the association ends; a failure status is a result. */
export async function invokeStore(invoker: Invoker, operation: StoreOperation): Promise<StoreResult> {
  const { sopClassUid, transferSyntaxUid } = operation
  const context = contextFor(invoker.association, sopClassUid, [transferSyntaxUid])
  const command = {
    commandField: commandFields.cStore,
    affectedSopClassUid: sopClassUid,
    affectedSopInstanceUid: operation.sopInstanceUid,
    priority: operation.priority ?? 0,
    moveOriginatorApplicationEntityTitle: operation.moveOriginator?.aeTitle,
    moveOriginatorMessageId: operation.moveOriginator?.messageId,
  }
  for await (const response of invoker.invoke(context.id, command, operation.dataSet))
    return resultOf(response)
  throw new AssociationError('C-STORE was not answered')
}

function storeRequest(request: IncomingRequest): StoreRequest {
  const { association, context, command, dataSet, signal } = request
  const { affectedSopClassUid = '', affectedSopInstanceUid = '' } = command
  if (!uidPattern.test(affectedSopClassUid)) {
    throw new DimseStatusError(statuses.noSuchSopClass, 'Affected SOP Class UID is no UID')
  }
  if (!uidPattern.test(affectedSopInstanceUid)) {
    throw new DimseStatusError(statuses.invalidObjectInstance, 'Affected SOP Instance UID is no UID')
  }
  return {
    association,
    sopClassUid: affectedSopClassUid,
    sopInstanceUid: affectedSopInstanceUid,
    transferSyntaxUid: context.transferSyntax,
    moveOriginator: moveOriginatorOf(request),
    dataSet,
    signal,
  }
}

function moveOriginatorOf({ command }: IncomingRequest): MoveOriginator | undefined {
  const { moveOriginatorApplicationEntityTitle: aeTitle, moveOriginatorMessageId: messageId } = command
  return aeTitle === undefined || messageId === undefined ? undefined : { aeTitle, messageId }
}

function resultOf({ status, command }: ReceivedResponse): StoreResult {
  return { status, errorComment: command.errorComment }
}
