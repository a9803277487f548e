import type { Socket } from 'node:net'
import { isProtocolVersionSupported } from '../association/acceptor.ts'
import { AssociationError } from '../dimse/dimse-error.ts'
import type { PduLimits } from '../pdu/limits.ts'
import { PduParser, type PduSink } from '../pdu/parser.ts'
import type { AssociateAccept, AssociateReject, AssociateRequest, ControlPdu } from '../pdu/pdu.ts'
import type { PduError } from '../pdu/pdu-error.ts'
import { abortReasons, abortSources, type RejectReason, rejectReasons } from '../pdu/reasons.ts'
import { encodeDataTransferHeader, encodePdu } from '../pdu/serializer.ts'
import type { Effect } from '../upper-layer/actions.ts'
import type { Event } from '../upper-layer/events.ts'
import { step } from '../upper-layer/machine.ts'
import type { State } from '../upper-layer/states.ts'

/** Milliseconds; 0 switches a timeout off. */
export interface ConnectionTimeouts {
  /** ARTIM while an A-ASSOCIATE-RQ is awaited (Sta2). */
  readonly associateTimeout: number
  /** ARTIM while the peer is to close the connection (Sta13). */
  readonly closeTimeout: number
  /** Without progress while the peer is to act. */
  readonly idleTimeout: number
}

/** The service user of the upper layer (PS3.8 clause 7), as the connection sees it. */
export interface ConnectionUser {
  associateIndication(request: AssociateRequest): void
  associateConfirmation(answer: AssociateAccept | AssociateReject): void
  fragment(contextId: number, control: number, bytes: Uint8Array, isEnd: boolean): void
  releaseIndication(): void
  releaseConfirmation(): void
  /** A-ABORT or A-P-ABORT indication, or this side's own abort. */
  aborted(error: AssociationError): void
  /** The transport connection is gone. Always the last call. */
  closed(): void
  /** Whether the idle timeout applies: nothing can go on unless the peer does something. */
  isWaitingForPeer(isPaused: boolean): boolean
}

interface EventInput {
  readonly pdu?: ControlPdu
  readonly abortReason?: number
  readonly reject?: RejectReason
  readonly data?: readonly Uint8Array[]
  readonly error?: AssociationError
}

/**
 * Bytes of an unfinished message that count as progress. Below, one byte at a time would hold a connection for ever.
 */
const progressLength = 4096

/** PDVs below this many bytes, such as most command sets, are cheaper to copy than to write in parts. */
const smallLength = 2048

const eventsByPdu: Readonly<Record<ControlPdu['type'], Event>> = {
  'A-ASSOCIATE-RQ': 'Evt6',
  'A-ASSOCIATE-AC': 'Evt3',
  'A-ASSOCIATE-RJ': 'Evt4',
  'A-RELEASE-RQ': 'Evt12',
  'A-RELEASE-RP': 'Evt13',
  'A-ABORT': 'Evt16',
}

/** Drives the upper layer machine over one socket: turns bytes and primitives into events, and performs effects. */
export class Connection {
  readonly #socket: Socket
  readonly #user: ConnectionUser
  readonly #isRequestor: boolean
  readonly #timeouts: ConnectionTimeouts
  readonly #parser: PduParser
  #state: State = 'Sta1'
  #artim: NodeJS.Timeout | undefined
  #idleTimer: NodeJS.Timeout | undefined
  #unfinishedLength = 0
  #pauses = 0
  #socketError: Error | undefined
  #isClosed = false
  #drainWaiters: { resolve(): void; reject(error: Error): void }[] = []

  constructor(
    socket: Socket,
    user: ConnectionUser,
    options: {
      readonly isRequestor: boolean
      readonly timeouts: ConnectionTimeouts
      readonly limits: PduLimits
    },
  ) {
    this.#socket = socket
    this.#user = user
    this.#isRequestor = options.isRequestor
    this.#timeouts = options.timeouts
    this.#parser = new PduParser(this.#sink(), options.limits)
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('drain', () => this.#drained())
    socket.on('error', (error) => {
      this.#socketError = error
    })
    socket.on('end', () => this.#transportClosed())
    socket.on('close', () => this.#closed())
  }

  get state(): State {
    return this.#state
  }

  /** The transport connection is open: as acceptor, awaits a request; as requestor, sends this one. */
  open(request?: AssociateRequest): void {
    this.#startIdleTimer()
    if (!request) {
      this.#dispatch('Evt5', {})
      return
    }
    this.#dispatch('Evt1', {})
    this.#dispatch('Evt2', { pdu: request })
  }

  /** A-ASSOCIATE response. Nothing happens if the peer is gone already. */
  accept(pdu: AssociateAccept): void {
    this.#dispatch('Evt7', { pdu })
  }

  reject(reject: RejectReason): void {
    this.#dispatch('Evt8', { reject })
  }

  /** Sends one PDV. Throws AssociationError unless the association is established. */
  send(contextId: number, control: number, pieces: readonly Uint8Array[], length: number): void {
    const parts = [encodeDataTransferHeader(contextId, control, length), ...pieces]
    const data = length < smallLength ? [Buffer.concat(parts)] : parts
    if (!this.#dispatch('Evt9', { data })) throw new AssociationError('the association is not established')
  }

  /** Holds written bytes back until `uncork`, to send them together. */
  cork(): void {
    this.#socket.cork()
  }

  uncork(): void {
    this.#socket.uncork()
  }

  /** Resolves when the peer has taken enough of what was sent; rejects if the connection ends before. */
  async drained(): Promise<void> {
    if (this.#isClosed) throw new AssociationError('the connection is closed')
    if (!this.#socket.writableNeedDrain) return
    await new Promise<void>((resolve, reject) => {
      this.#drainWaiters.push({ resolve, reject })
    })
  }

  release(): void {
    if (!this.#dispatch('Evt11', {})) throw new AssociationError('the association is not established')
  }

  respondToRelease(): void {
    this.#dispatch('Evt14', {})
  }

  /** Ends the association for `error`, which the user is told. Nothing happens if it is over already. */
  abort(error: AssociationError): void {
    if (this.#dispatch('Evt15', {})) this.#user.aborted(error)
    else if (this.#state === 'Sta2') this.destroy()
  }

  /** Closes the transport connection at once. */
  destroy(): void {
    this.#transportClosed()
  }

  /** Stops reading until `resume` has been called as often. */
  pause(): void {
    this.#pauses += 1
    if (this.#pauses === 1) this.#socket.pause()
  }

  resume(): void {
    this.#pauses -= 1
    if (this.#pauses > 0) return
    this.#socket.resume()
    this.progress()
  }

  /** Something useful was done: the idle timeout starts anew. */
  progress(): void {
    this.#unfinishedLength = 0
    this.#idleTimer?.refresh()
  }

  static readonly #effects: Readonly<Record<Effect, (connection: Connection, input: EventInput) => void>> = {
    // The transport connection is opened before the machine starts.
    connectTransport: () => {},
    closeTransport: (connection) => connection.#socket.destroy(),
    startArtim: (connection) => connection.#startArtim(),
    stopArtim: (connection) => clearTimeout(connection.#artim),
    sendAssociateRequest: (connection, { pdu }) => connection.#sendPdu(pdu),
    sendAssociateAccept: (connection, { pdu }) => connection.#sendPdu(pdu),
    sendAssociateReject: (connection, { reject = rejectReasons.protocolVersionNotSupported }) =>
      connection.#sendPdu({ type: 'A-ASSOCIATE-RJ', ...reject }),
    sendData: (connection, { data = [] }) => connection.#writeAll(data),
    sendReleaseRequest: (connection) => connection.#sendPdu({ type: 'A-RELEASE-RQ' }),
    sendReleaseReply: (connection) => connection.#sendPdu({ type: 'A-RELEASE-RP' }),
    sendAbortAsUser: (connection) =>
      connection.#sendPdu({
        type: 'A-ABORT',
        source: abortSources.serviceUser,
        reason: abortReasons.notSpecified,
      }),
    sendAbortAsProvider: (connection, { abortReason = abortReasons.unexpectedPdu }) =>
      connection.#sendPdu({ type: 'A-ABORT', source: abortSources.serviceProvider, reason: abortReason }),
    indicateAssociate: (connection, { pdu }) => {
      if (pdu?.type === 'A-ASSOCIATE-RQ') connection.#user.associateIndication(pdu)
    },
    confirmAccept: (connection, { pdu }) => connection.#confirmAssociate(pdu),
    confirmReject: (connection, { pdu }) => connection.#confirmAssociate(pdu),
    // The pieces follow one by one, see #sink.
    indicateData: () => {},
    indicateRelease: (connection) => connection.#user.releaseIndication(),
    confirmRelease: (connection) => connection.#user.releaseConfirmation(),
    indicateAbort: (connection, { pdu }) => connection.#user.aborted(peerAborted(pdu)),
    indicateProviderAbort: (connection, { error = new AssociationError('the connection was closed') }) =>
      connection.#user.aborted(error),
  }

  #dispatch(event: Event, input: EventInput): boolean {
    const isAcceptable = input.pdu?.type !== 'A-ASSOCIATE-RQ' || isProtocolVersionSupported(input.pdu)
    const next = step(this.#state, event, { isRequestor: this.#isRequestor, isAcceptable })
    if (!next) return false
    this.#state = next.next
    for (const effect of next.effects) Connection.#effects[effect](this, input)
    return true
  }

  #sink(): PduSink {
    return {
      pdu: (pdu) => {
        this.progress()
        const error = new AssociationError(`unexpected ${pdu.type}`)
        this.#dispatch(eventsByPdu[pdu.type], { pdu, error })
      },
      dataTransfer: () => {
        if (this.#state !== 'Sta6')
          this.#dispatch('Evt10', { error: new AssociationError('unexpected P-DATA-TF') })
      },
      fragment: (contextId, control, bytes, isEnd) => {
        if (this.#state === 'Sta6' || this.#state === 'Sta7')
          this.#user.fragment(contextId, control, bytes, isEnd)
      },
      invalid: (error: PduError) =>
        this.#dispatch('Evt19', {
          abortReason: error.abortReason,
          error: new AssociationError(`invalid PDU: ${error.message}`, { cause: error }),
        }),
    }
  }

  #receive(chunk: Uint8Array): void {
    this.#unfinishedLength += chunk.length
    if (this.#unfinishedLength >= progressLength) this.progress()
    try {
      this.#parser.push(chunk)
    } catch (cause) {
      // A fault of this side costs the one association, not the process; the user is told.
      this.abort(new AssociationError('internal error', { cause }))
    }
  }

  #confirmAssociate(pdu: ControlPdu | undefined): void {
    if (pdu?.type === 'A-ASSOCIATE-AC' || pdu?.type === 'A-ASSOCIATE-RJ')
      this.#user.associateConfirmation(pdu)
  }

  #sendPdu(pdu: ControlPdu | undefined): void {
    if (pdu && this.#socket.writable) this.#socket.write(encodePdu(pdu))
  }

  #writeAll(data: readonly Uint8Array[]): void {
    this.#socket.cork()
    for (const bytes of data) this.#socket.write(bytes)
    this.#socket.uncork()
  }

  #startArtim(): void {
    clearTimeout(this.#artim)
    const { associateTimeout, closeTimeout } = this.#timeouts
    const timeout = this.#state === 'Sta2' ? associateTimeout : closeTimeout
    if (timeout > 0) this.#artim = setTimeout(() => this.#dispatch('Evt18', {}), timeout)
  }

  #startIdleTimer(): void {
    const { idleTimeout } = this.#timeouts
    if (idleTimeout > 0) this.#idleTimer = setTimeout(() => this.#idleTimeout(), idleTimeout)
  }

  #idleTimeout(): void {
    this.#idleTimer?.refresh()
    if (!this.#user.isWaitingForPeer(this.#pauses > 0) && this.#socket.writableLength === 0) return
    this.abort(new AssociationError(`no progress of the peer for ${this.#timeouts.idleTimeout} ms`))
  }

  #transportClosed(): void {
    const cause = this.#socketError
    const error = new AssociationError('the connection was closed', cause ? { cause } : {})
    this.#dispatch('Evt17', { error })
    this.#socket.destroy()
  }

  #closed(): void {
    if (this.#isClosed) return
    this.#transportClosed()
    this.#isClosed = true
    clearTimeout(this.#artim)
    clearTimeout(this.#idleTimer)
    this.#settleDrainWaiters(new AssociationError('the connection is closed'))
    this.#user.closed()
  }

  #drained(): void {
    this.progress()
    this.#settleDrainWaiters()
  }

  #settleDrainWaiters(error?: Error): void {
    const waiters = this.#drainWaiters
    this.#drainWaiters = []
    for (const { resolve, reject } of waiters) error ? reject(error) : resolve()
  }
}

function peerAborted(pdu: ControlPdu | undefined): AssociationError {
  if (pdu?.type !== 'A-ABORT') return new AssociationError('the peer aborted the association')
  return new AssociationError(`the peer aborted the association (source ${pdu.source}, reason ${pdu.reason})`)
}
