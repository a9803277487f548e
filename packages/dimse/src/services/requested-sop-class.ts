import { DimseStatusError } from '../dimse/dimse-error.ts'
import { statuses } from '../dimse/status.ts'
import type { IncomingRequest } from './service-provider.ts'

/**
 * The SOP class of a request, which must be the one that its presentation context was accepted for: who may use one
 * may not get another under its name. Throws DimseStatusError `sopClassNotSupported`.
 */
export function sopClassOf({ context, command }: IncomingRequest): string {
  if (command.affectedSopClassUid === context.abstractSyntax) return context.abstractSyntax
  throw new DimseStatusError(statuses.sopClassNotSupported, 'the SOP class is not that of its context')
}
