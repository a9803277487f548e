import type { Socket } from 'node:net'
import {
  type Acceptance,
  type AcceptedAssociation,
  acceptAssociation,
  checkRequest,
} from '../association/acceptor.ts'
import type { AssociationInfo, Implementation } from '../association/association-info.ts'
import type { CommandSet } from '../dimse/command-elements.ts'
import { AssociationError } from '../dimse/dimse-error.ts'
import type { MessageLimits } from '../dimse/limits.ts'
import type { PduLimits } from '../pdu/limits.ts'
import type { AssociateRequest } from '../pdu/pdu.ts'
import { type RejectReason, rejectReasons } from '../pdu/reasons.ts'
import { DimseExchange } from '../services/exchange.ts'
import type { ServiceProviders } from '../services/service-provider.ts'
import type { AssociationSlots } from './association-slots.ts'
import { Connection, type ConnectionTimeouts, type ConnectionUser } from './connection.ts'
import { linkOver } from './link.ts'

/** An A-ASSOCIATE-RQ that passed the checks of the protocol, and where it comes from. */
export interface AssociationRequest extends AssociateRequest {
  readonly remoteAddress: string
  readonly remotePort: number
}

export type AssociationDecision = Acceptance | { readonly reject: RejectReason }

/** What a server is told of its associations, for logs and metrics. */
export interface AssociationObserver {
  accepted?(association: AssociationInfo): void
  rejected?(request: AssociationRequest, reason: RejectReason): void
  /** `error` is undefined after a release. */
  ended?(association: AssociationInfo, error: AssociationError | undefined): void
  /** A handler or the acceptance policy threw; the peer has got a status or a rejection. */
  failed?(error: unknown, request: CommandSet | AssociationRequest, association?: AssociationInfo): void
  /** A connection could not be taken, as without free file descriptors; the port stays open. */
  serverFailed?(error: Error): void
}

export interface AcceptorOptions {
  readonly implementation: Implementation
  readonly maxPduLength: number
  readonly timeouts: ConnectionTimeouts
  readonly limits: PduLimits & MessageLimits
  readonly slots: AssociationSlots
  readonly providers: ServiceProviders
  readonly observer: AssociationObserver
  accept(request: AssociationRequest): AssociationDecision | Promise<AssociationDecision>
}

/** One accepted transport connection, from its first byte to its close. */
export class AcceptorSession implements ConnectionUser {
  /** Resolves when the transport connection is gone. */
  readonly whenClosed: Promise<void>
  readonly #options: AcceptorOptions
  readonly #connection: Connection
  readonly #remoteAddress: string
  readonly #remotePort: number
  readonly #markClosed: () => void
  #exchange: DimseExchange | undefined
  #isOver = false
  #isDraining = false
  #isReleaseRequested = false

  constructor(socket: Socket, options: AcceptorOptions) {
    const closed = Promise.withResolvers<void>()
    this.whenClosed = closed.promise
    this.#markClosed = closed.resolve
    this.#options = options
    // IPv4 peers of a dual-stack socket are named as IPv4.
    this.#remoteAddress = (socket.remoteAddress ?? '').replace(/^::ffff:(?=[\d.]+$)/, '')
    this.#remotePort = socket.remotePort ?? 0
    this.#connection = new Connection(socket, this, {
      isRequestor: false,
      timeouts: options.timeouts,
      limits: options.limits,
    })
    this.#connection.open()
  }

  /** Ends the association as soon as nothing is under way in it. */
  drain(): void {
    this.#isDraining = true
    if (this.#connection.state === 'Sta2') this.#connection.destroy()
    else this.#settle()
  }

  associateIndication(request: AssociateRequest): void {
    void this.#decide({ ...request, remoteAddress: this.#remoteAddress, remotePort: this.#remotePort })
  }

  /** Never called: an acceptor does not request. */
  associateConfirmation(): void {}

  fragment(contextId: number, control: number, bytes: Uint8Array, isEnd: boolean): void {
    this.#exchange?.fragment(contextId, control, bytes, isEnd)
  }

  releaseIndication(): void {
    this.#isReleaseRequested = true
    this.#settle()
  }

  /** Never called: an acceptor does not release. */
  releaseConfirmation(): void {}

  aborted(error: AssociationError): void {
    this.#end(error)
  }

  closed(): void {
    this.#end(new AssociationError('the connection was closed'))
    this.#markClosed()
  }

  isWaitingForPeer(isPaused: boolean): boolean {
    return this.#exchange?.isWaitingForPeer(isPaused) ?? false
  }

  async #decide(request: AssociationRequest): Promise<void> {
    const { slots, observer } = this.#options
    const refusal = checkRequest(request)
    if (refusal) {
      this.#reject(request, refusal)
      return
    }
    if (!(await slots.take())) {
      this.#reject(request, rejectReasons.localLimitExceeded)
      return
    }
    try {
      const decision = await this.#askPolicy(request)
      if ('reject' in decision) this.#reject(request, decision.reject)
      else this.#accept(request, decision)
    } catch (error) {
      observer.failed?.(error, request)
      this.#reject(request, rejectReasons.providerNoReasonGiven)
    }
    if (!this.#exchange) slots.release()
  }

  #askPolicy(request: AssociationRequest): AssociationDecision | Promise<AssociationDecision> {
    // The peer may be gone, or the server stopping, since the request came and waited for a slot.
    const isTooLate = this.#isDraining || this.#connection.state !== 'Sta3'
    return isTooLate ? { reject: rejectReasons.temporaryCongestion } : this.#options.accept(request)
  }

  #reject(request: AssociationRequest, reason: RejectReason): void {
    this.#connection.reject(reason)
    this.#options.observer.rejected?.(request, reason)
  }

  #accept(request: AssociationRequest, acceptance: Acceptance): void {
    if (this.#connection.state !== 'Sta3') return
    const { implementation, maxPduLength, providers, limits, observer } = this.#options
    const accepted = acceptAssociation(request, acceptance, { ...implementation, maxPduLength })
    this.#connection.accept(accepted.accept)
    const association = describe(request, accepted)
    this.#exchange = new DimseExchange(
      association,
      linkOver(this.#connection, association.peerMaximumLength),
      {
        providers,
        limits,
        onError: (error, command) => observer.failed?.(error, command, association),
        onIdle: () => this.#settle(),
      },
    )
    observer.accepted?.(association)
    this.#settle()
  }

  /** Answers a release, or ends a drained association, once nothing is under way. */
  #settle(): void {
    if (this.#isOver || !this.#exchange?.isIdle) return
    if (this.#isReleaseRequested) {
      this.#connection.respondToRelease()
      this.#end(undefined)
    } else if (this.#isDraining) {
      this.#connection.abort(new AssociationError('the server is stopping'))
    }
  }

  #end(error: AssociationError | undefined): void {
    if (this.#isOver || !this.#exchange) return
    this.#isOver = true
    this.#exchange.fail(error ?? new AssociationError('the association was released'))
    this.#options.slots.release()
    this.#options.observer.ended?.(this.#exchange.association, error)
  }
}

function describe(
  request: AssociationRequest,
  { accept, contexts, window }: AcceptedAssociation,
): AssociationInfo {
  const { userInformation } = request
  return {
    callingAeTitle: request.callingAeTitle,
    calledAeTitle: request.calledAeTitle,
    remoteAddress: request.remoteAddress,
    remotePort: request.remotePort,
    isRequestor: false,
    contexts,
    peerMaximumLength: userInformation.maximumLength ?? 0,
    peerImplementationClassUid: userInformation.implementationClassUid,
    peerImplementationVersionName: userInformation.implementationVersionName,
    maxInvokedByRequestor: window.invoked,
    maxInvokedByAcceptor: window.performed,
    extendedNegotiations: userInformation.extendedNegotiations,
    commonExtendedNegotiations: userInformation.commonExtendedNegotiations,
    userIdentity: userInformation.userIdentity,
    userIdentityResponse: accept.userInformation.userIdentityResponse,
  }
}
