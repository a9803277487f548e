import { OperationFailedError } from '../dimse/dimse-error.ts'
import { messageName, responseBit } from '../dimse/messages.ts'
import { statusCategory } from '../dimse/status.ts'
import type { ReceivedResponse } from './outgoing-requests.ts'

/** How an operation of this side ended. */
export interface OperationResult {
  readonly status: number
  readonly errorComment: string | undefined
}

/** Throws OperationFailedError if the final response has a failure status. */
export function resultOf({ status, command }: ReceivedResponse): OperationResult {
  const { commandField, errorComment, offendingElement } = command
  if (statusCategory(status) !== 'failure') return { status, errorComment }
  const name = messageName(commandField & ~responseBit)
  throw new OperationFailedError(name, { status, errorComment, offendingElements: offendingElement ?? [] })
}
