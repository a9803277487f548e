import type { AssociationInfo } from '../association/association-info.ts'
import { AssociationError } from '../dimse/dimse-error.ts'
import { commandFields } from '../dimse/messages.ts'
import type { Invoker } from './outgoing-requests.ts'
import type { ServiceProvider } from './service-provider.ts'

/** Verification SOP Class (PS3.4 A.4). */
export const verificationSopClassUid = '1.2.840.10008.1.1'

export interface EchoRequest {
  readonly association: AssociationInfo
  readonly signal: AbortSignal
}

/** Answers a C-ECHO with a status. */
export type EchoHandler = (request: EchoRequest) => Promise<number>

/** C-ECHO as SCP (PS3.7 9.1.5). */
export function echoProvider(handle: EchoHandler): ServiceProvider {
  return async function* echo({ association, signal }) {
    yield { status: await handle({ association, signal }) }
  }
}

/** C-ECHO as SCU; resolves with the status. Throws AssociationError if Verification was not accepted. */
export async function invokeEcho(invoker: Invoker): Promise<number> {
  const contexts = [...invoker.association.contexts.values()]
  const context = contexts.find(({ abstractSyntax }) => abstractSyntax === verificationSopClassUid)
  if (!context) throw new AssociationError('no presentation context for Verification was accepted')
  const command = { commandField: commandFields.cEcho, affectedSopClassUid: verificationSopClassUid }
  for await (const { status } of invoker.invoke(context.id, command)) return status
  throw new AssociationError('C-ECHO was not answered')
}
