import type { AcceptedContext, AssociationInfo } from '../association/association-info.ts'
import { type CommandSet, noDataSet } from '../dimse/command-elements.ts'
import { DataSetStream } from '../dimse/data-set-stream.ts'
import { AssociationError, DimseProtocolError } from '../dimse/dimse-error.ts'
import type { MessageLimits } from '../dimse/limits.ts'
import { MessageAssembler } from '../dimse/message-assembler.ts'
import { commandFields, responseBit } from '../dimse/messages.ts'
import { IncomingRequests } from './incoming-requests.ts'
import { type DimseLink, MessageSender, type OutgoingDataSet } from './message-sender.ts'
import { type Invoker, OutgoingRequests, type ReceivedResponse } from './outgoing-requests.ts'
import type { ServiceProviders } from './service-provider.ts'

export interface ExchangeOptions {
  readonly providers: ServiceProviders
  readonly limits: MessageLimits
  readonly onError: (error: unknown, request: CommandSet, association: AssociationInfo) => void
  /** Told when nothing is under way any more. */
  readonly onIdle: () => void
}

/** Takes what follows a command set: the data set of a request or of a response. */
interface Body {
  data(bytes: Uint8Array): void
  end(): void
}

/** The DIMSE messages of one association, both ways: the peer's requests and this side's own. */
export class DimseExchange implements Invoker {
  readonly association: AssociationInfo
  readonly #link: DimseLink
  readonly #limits: MessageLimits
  readonly #assembler: MessageAssembler
  readonly #incoming: IncomingRequests
  readonly #outgoing: OutgoingRequests
  readonly #onIdle: () => void
  #body: Body | undefined
  #stream: DataSetStream | undefined

  constructor(association: AssociationInfo, link: DimseLink, options: ExchangeOptions) {
    const { isRequestor, maxInvokedByRequestor, maxInvokedByAcceptor } = association
    const sender = new MessageSender(link)
    this.association = association
    this.#link = link
    this.#limits = options.limits
    this.#onIdle = options.onIdle
    this.#assembler = new MessageAssembler(
      {
        command: (contextId, command) => this.#command(contextId, command),
        data: (bytes) => this.#body?.data(bytes),
        endOfMessage: () => this.#endOfMessage(),
      },
      options.limits,
    )
    this.#outgoing = new OutgoingRequests(
      link,
      sender,
      isRequestor ? maxInvokedByRequestor : maxInvokedByAcceptor,
      options.limits,
    )
    this.#incoming = new IncomingRequests({
      association,
      link,
      sender,
      invoke: (contextId, command, dataSet, signal) => this.invoke(contextId, command, dataSet, signal),
      providers: options.providers,
      limits: options.limits,
      window: isRequestor ? maxInvokedByAcceptor : maxInvokedByRequestor,
      onError: options.onError,
      onFinished: () => this.#reportIdle(),
    })
  }

  /** No message is being received and no operation is under way. */
  get isIdle(): boolean {
    return this.#assembler.isIdle && this.#incoming.count === 0 && this.#outgoing.count === 0
  }

  /**
   * The peer owes a response, or the rest of a message unless this side does not read it; as acceptor also when
   * nothing is under way.
   */
  isWaitingForPeer(isPaused: boolean): boolean {
    if (this.#outgoing.isWaiting) return true
    if (!this.#assembler.isIdle) return !isPaused
    return this.isIdle && !this.association.isRequestor
  }

  /** A piece of a PDV. Aborts the association on what cannot be a message. */
  fragment(contextId: number, control: number, bytes: Uint8Array, isEnd: boolean): void {
    try {
      this.#assembler.fragment(contextId, control, bytes, isEnd)
    } catch (error) {
      if (!(error instanceof DimseProtocolError)) throw error
      this.#link.abort(new AssociationError(error.message, { cause: error }))
    }
  }

  /** See Invoker. */
  invoke(
    contextId: number,
    command: CommandSet,
    dataSet?: OutgoingDataSet,
    signal?: AbortSignal,
  ): AsyncGenerator<ReceivedResponse> {
    return this.#outgoing.invoke(contextId, command, dataSet, signal)
  }

  /** The association is over. */
  fail(error: AssociationError): void {
    this.#stream?.fail(error)
    this.#incoming.fail(error)
    this.#outgoing.fail(error)
  }

  #command(contextId: number, command: CommandSet): void {
    const context = this.association.contexts.get(contextId)
    if (!context) throw new DimseProtocolError(`presentation context ${contextId} was not accepted`)
    if ((command.commandField & responseBit) !== 0) this.#body = this.#response(command)
    else if (command.commandField === commandFields.cCancel) {
      this.#incoming.cancel(command.messageIdBeingRespondedTo)
      this.#body = nobody
    } else this.#body = this.#request(context, command)
  }

  #request(context: AcceptedContext, command: CommandSet): Body {
    const stream = new DataSetStream(this.#limits.maxQueuedLength, {
      congested: () => this.#link.pause(),
      relieved: () => this.#link.resume(),
    })
    this.#stream = stream
    if (command.commandDataSetType === noDataSet) stream.end()
    this.#incoming.receive(context, command, stream)
    return {
      data: (bytes) => {
        stream.push(bytes)
        if (stream.discardedLength > this.#limits.maxDiscardedLength) {
          throw new DimseProtocolError('the data set of a refused request does not end')
        }
      },
      end: () => stream.end(),
    }
  }

  #response(command: CommandSet): Body {
    const pieces: Uint8Array[] = []
    let length = 0
    return {
      data: (bytes) => {
        length += bytes.length
        if (length > this.#limits.maxResponseDataSetLength)
          throw new DimseProtocolError('a response is too long')
        pieces.push(bytes.slice())
      },
      end: () => {
        const hasDataSet = command.commandDataSetType !== noDataSet
        this.#outgoing.receive(command, hasDataSet ? Buffer.concat(pieces, length) : undefined)
      },
    }
  }

  #endOfMessage(): void {
    const body = this.#body
    this.#body = undefined
    this.#stream = undefined
    this.#link.progress()
    body?.end()
    this.#reportIdle()
  }

  #reportIdle(): void {
    if (this.isIdle) this.#onIdle()
  }
}

const nobody: Body = { data: () => {}, end: () => {} }
