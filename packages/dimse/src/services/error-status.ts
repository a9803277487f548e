import { statuses } from '../dimse/status.ts'
import type { ServiceResponse } from './service-provider.ts'

/**
 * The one place where a thrown error becomes a status: that of its numeric `dimseStatus`, whose message is meant for
 * the peer, else processing failure without any internal text.
 */
export function responseToError(error: unknown): ServiceResponse {
  if (error instanceof Error && 'dimseStatus' in error && typeof error.dimseStatus === 'number') {
    return { status: error.dimseStatus & 0xffff, errorComment: error.message }
  }
  return { status: statuses.processingFailure }
}
