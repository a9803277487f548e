import {
  AssociationError,
  AssociationRejectedError,
  DimseProtocolError,
  OperationFailedError,
} from '@kingsfoil/dimse'
import { DomainError, type DomainErrorOptions } from '../model/domain-error.ts'
import { type Destination, describeDestination } from './destination.ts'

/** Rejected-transient (PS3.8 9.3.4). */
const transient = 2

/** What became of an association, as an error of ours. What the peer or the network may get over is passing. */
export function remoteError(error: unknown, destination: Destination): unknown {
  if (error instanceof OperationFailedError) return statusError('C-FIND', error, destination)
  if (error instanceof DimseProtocolError) {
    const text = `${describeDestination(destination)}: ${error.message}`
    return new DomainError('NetworkProtocol', text, { cause: error })
  }
  if (!(error instanceof AssociationError)) return error
  const isPassing = !(error instanceof AssociationRejectedError) || error.reject.result === transient
  const options: DomainErrorOptions = { cause: error, ...(isPassing && { passing: {} }) }
  return new DomainError('NetworkProtocol', `${describeDestination(destination)}: ${error.message}`, options)
}

/** A failure status of the peer. Out of resources, A7xx (PS3.4 Table B.2-1), may pass. */
export function statusError(
  operation: string,
  { status, errorComment }: { readonly status: number; readonly errorComment: string | undefined },
  destination: Destination,
): DomainError {
  const code = `0x${status.toString(16).padStart(4, '0')}`
  const comment = errorComment === undefined ? '' : ` (${errorComment})`
  const text = `${operation} to ${describeDestination(destination)} has failed with DIMSE status ${code}${comment}`
  return new DomainError('NetworkProtocol', text, {
    payload: { type: 'Dimse', content: { DimseErrorStatus: status } },
    ...(status >>> 8 === 0xa7 && { passing: {} }),
  })
}
