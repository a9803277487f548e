import type { AcceptedContext } from '../association/association-info.ts'
import type { CommandSet } from '../dimse/command-elements.ts'
import type { MessageLimits } from '../dimse/limits.ts'
import type { OutgoingDataSet } from './message-sender.ts'
import type { Invoker } from './outgoing-requests.ts'

/** A request as its provider gets it; `invoke` starts operations of this side, as C-GET does with C-STORE. */
export interface IncomingRequest extends Invoker {
  readonly context: AcceptedContext
  readonly command: CommandSet
  readonly messageId: number
  /** Empty if the message has none. Throws AssociationError if the association ends before it does. */
  readonly dataSet: AsyncIterable<Uint8Array>
  /** Aborts when the association ends before the final response was sent. */
  readonly signal: AbortSignal
  /** Aborts on a C-CANCEL-RQ for this request. */
  readonly cancelled: AbortSignal
  readonly limits: MessageLimits
  /** Tells the observer of an error that comes too late to be answered. */
  report(error: unknown): void
}

export interface ServiceResponse {
  readonly status: number
  /** Cut to 64 characters of printable ISO 646. */
  readonly errorComment?: string | undefined
  /** Further elements of the response's command set. */
  readonly command?: Partial<CommandSet>
  readonly dataSet?: OutgoingDataSet | undefined
}

/** Provides one service as SCP: yields pending responses, then the final one. What it throws becomes a status. */
export type ServiceProvider = (request: IncomingRequest) => AsyncIterable<ServiceResponse>

/** Providers by Command Field of the request. */
export type ServiceProviders = ReadonlyMap<number, ServiceProvider>
