import type { Socket } from 'node:net'
import type { DataSet } from '@kingsfoil/dicom'
import type { AssociationInfo } from '../association/association-info.ts'
import { agreedWindow, isUsableAcceptance, readAcceptance } from '../association/requestor.ts'
import type { CommandSet } from '../dimse/command-elements.ts'
import { AssociationError } from '../dimse/dimse-error.ts'
import type { MessageLimits } from '../dimse/limits.ts'
import type { PduLimits } from '../pdu/limits.ts'
import type { AssociateAccept, AssociateReject, AssociateRequest } from '../pdu/pdu.ts'
import type { RejectReason } from '../pdu/reasons.ts'
import { DimseExchange } from '../services/exchange.ts'
import { type FindMatch, type FindOptions, invokeFind } from '../services/find.ts'
import type { OutgoingDataSet } from '../services/message-sender.ts'
import type { OperationResult } from '../services/operation-result.ts'
import type { ReceivedResponse } from '../services/outgoing-requests.ts'
import type { ServiceProviders } from '../services/service-provider.ts'
import { invokeStore, type StoreOperation, type StoreResult } from '../services/storage.ts'
import { invokeEcho } from '../services/verification.ts'
import { Connection, type ConnectionTimeouts, type ConnectionUser } from './connection.ts'
import { linkOver } from './link.ts'

/** The acceptor refused the association. */
export class AssociationRejectedError extends AssociationError {
  override readonly name = 'AssociationRejectedError'
  readonly reject: RejectReason

  constructor(reject: RejectReason) {
    super(
      `the association was rejected (result ${reject.result}, source ${reject.source}, reason ${reject.reason})`,
    )
    this.reject = reject
  }
}

export interface RequestorOptions {
  readonly request: AssociateRequest
  readonly timeouts: ConnectionTimeouts
  readonly limits: PduLimits & MessageLimits
  readonly providers: ServiceProviders
  readonly onError: (error: unknown, request: CommandSet, association: AssociationInfo) => void
}

interface Deferred {
  resolve(): void
  reject(error: AssociationError): void
}

/** An association this side has requested, as SCU and, for what was negotiated so, as SCP. */
export class Association {
  readonly #session: RequestorSession

  private constructor(session: RequestorSession) {
    this.#session = session
  }

  /** Requests an association over an open socket. Rejects with AssociationRejectedError or AssociationError. */
  static async request(socket: Socket, options: RequestorOptions): Promise<Association> {
    const session = new RequestorSession(socket, options)
    await session.established()
    return new Association(session)
  }

  /** What was agreed on. */
  get info(): AssociationInfo {
    return this.#session.exchange.association
  }

  /** Verification; resolves with the status of the response. */
  echo(): Promise<number> {
    return invokeEcho(this.#session.exchange)
  }

  /** Stores one instance. A failure status is a result; AssociationError means that no answer will come. */
  store(operation: StoreOperation): Promise<StoreResult> {
    return invokeStore(this.#session.exchange, operation)
  }

  /**
   * Queries the peer: yields the matches and returns the final status. Other operations wait meanwhile, so inside the
   * loop too, unless a larger window was negotiated. Cancelling and errors: see `invokeFind`.
   */
  find(identifier: DataSet, options: FindOptions): AsyncGenerator<FindMatch, OperationResult, undefined> {
    return invokeFind(this.#session.exchange, identifier, options)
  }

  /** Any operation; yields its responses, the final one last. Leaving the loop early, or `signal`, cancels it. */
  invoke(
    contextId: number,
    command: CommandSet,
    dataSet?: OutgoingDataSet,
    signal?: AbortSignal,
  ): AsyncGenerator<ReceivedResponse> {
    return this.#session.exchange.invoke(contextId, command, dataSet, signal)
  }

  /** Resolves when the peer has agreed and the connection is closed; rejects if the association was aborted instead. */
  release(): Promise<void> {
    return this.#session.release()
  }

  /** Resolves when the connection is closed. */
  abort(): Promise<void> {
    return this.#session.abort()
  }

  /** Resolves when the connection is closed, for whatever reason. */
  get closed(): Promise<void> {
    return this.#session.whenClosed
  }
}

class RequestorSession implements ConnectionUser {
  readonly whenClosed: Promise<void>
  readonly #options: RequestorOptions
  readonly #request: AssociateRequest
  readonly #connection: Connection
  readonly #socket: Socket
  readonly #markClosed: () => void
  #exchange: DimseExchange | undefined
  #establishing: Deferred | undefined
  #releasing: Deferred | undefined
  #error: AssociationError | undefined

  constructor(socket: Socket, options: RequestorOptions) {
    const closed = Promise.withResolvers<void>()
    this.whenClosed = closed.promise
    this.#markClosed = closed.resolve
    this.#options = options
    this.#socket = socket
    this.#request = options.request
    this.#connection = new Connection(socket, this, {
      isRequestor: true,
      timeouts: options.timeouts,
      limits: options.limits,
    })
  }

  get exchange(): DimseExchange {
    if (!this.#exchange) throw new AssociationError('the association is not established')
    return this.#exchange
  }

  established(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#establishing = { resolve, reject }
      this.#connection.open(this.#request)
    })
  }

  async release(): Promise<void> {
    if (this.#error) throw this.#error
    await new Promise<void>((resolve, reject) => {
      this.#releasing = { resolve, reject }
      this.#connection.release()
    })
    await this.whenClosed
  }

  abort(): Promise<void> {
    this.#connection.abort(new AssociationError('the association was aborted by this side'))
    // The peer need not be waited for: the A-ABORT leaves before the connection is closed.
    this.#socket.destroySoon()
    return this.whenClosed
  }

  /** Never called: a requestor does not accept. */
  associateIndication(): void {}

  associateConfirmation(answer: AssociateAccept | AssociateReject): void {
    if (answer.type === 'A-ASSOCIATE-RJ') {
      const { result, source, reason } = answer
      this.aborted(new AssociationRejectedError({ result, source, reason }))
    } else if (isUsableAcceptance(answer)) {
      this.#exchange = this.#createExchange(answer)
      this.#establishing?.resolve()
      this.#establishing = undefined
    } else {
      this.#connection.abort(new AssociationError('the peer takes too short PDUs'))
    }
  }

  fragment(contextId: number, control: number, bytes: Uint8Array, isEnd: boolean): void {
    this.#exchange?.fragment(contextId, control, bytes, isEnd)
  }

  releaseIndication(): void {
    // On a release collision the acceptor answers first (PS3.8 7.2.2.7): the requestor's side is Sta9.
    this.#connection.respondToRelease()
    if (!this.#releasing) this.#end(new AssociationError('the peer released the association'))
  }

  releaseConfirmation(): void {
    this.#releasing?.resolve()
    this.#releasing = undefined
    this.#end(new AssociationError('the association was released'))
  }

  aborted(error: AssociationError): void {
    this.#end(error)
    this.#establishing?.reject(error)
    this.#releasing?.reject(error)
    this.#establishing = undefined
    this.#releasing = undefined
  }

  closed(): void {
    this.aborted(new AssociationError('the connection was closed'))
    this.#markClosed()
  }

  isWaitingForPeer(isPaused: boolean): boolean {
    if (this.#establishing || this.#releasing) return true
    return this.#exchange?.isWaitingForPeer(isPaused) ?? false
  }

  #end(error: AssociationError): void {
    if (this.#error) return
    this.#error = error
    this.#exchange?.fail(error)
  }

  #createExchange(accept: AssociateAccept): DimseExchange {
    const { providers, limits, onError } = this.#options
    const association = this.#describe(accept)
    const link = linkOver(this.#connection, association.peerMaximumLength)
    return new DimseExchange(association, link, { providers, limits, onError, onIdle: () => {} })
  }

  #describe(accept: AssociateAccept): AssociationInfo {
    const { userInformation } = accept
    const window = agreedWindow(this.#request, accept)
    return {
      callingAeTitle: this.#request.callingAeTitle,
      calledAeTitle: this.#request.calledAeTitle,
      remoteAddress: this.#socket.remoteAddress ?? '',
      remotePort: this.#socket.remotePort ?? 0,
      isRequestor: true,
      contexts: readAcceptance(this.#request, accept),
      peerMaximumLength: userInformation.maximumLength ?? 0,
      peerImplementationClassUid: userInformation.implementationClassUid,
      peerImplementationVersionName: userInformation.implementationVersionName,
      maxInvokedByRequestor: window.invoked,
      maxInvokedByAcceptor: window.performed,
      extendedNegotiations: userInformation.extendedNegotiations,
      commonExtendedNegotiations: userInformation.commonExtendedNegotiations,
      userIdentity: this.#request.userInformation.userIdentity,
      userIdentityResponse: userInformation.userIdentityResponse,
    }
  }
}
