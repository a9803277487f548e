import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions as TlsConnectionOptions } from 'node:tls'
import type { Implementation } from '../association/association-info.ts'
import { defaultImplementation } from '../association/implementation.ts'
import { type Proposal, proposeAssociation } from '../association/requestor.ts'
import type { CommandSet } from '../dimse/command-elements.ts'
import { AssociationError } from '../dimse/dimse-error.ts'
import { defaultMessageLimits, type MessageLimits } from '../dimse/limits.ts'
import { defaultPduLimits, type PduLimits } from '../pdu/limits.ts'
import { type Handlers, providersOf } from '../services/handlers.ts'
import { Association } from './association.ts'

/** Milliseconds; 0 switches a timeout off. */
export interface ConnectTimeouts {
  /** Until the transport connection, with TLS its handshake, is open. */
  readonly connectTimeout: number
  /** Without progress while the peer is to answer. */
  readonly idleTimeout: number
  /** From an abort to the close of the connection by the peer. */
  readonly closeTimeout: number
}

export interface ConnectOptions extends Omit<Proposal, 'maxPduLength'> {
  readonly host: string
  readonly port: number
  /** Bytes of a P-DATA-TF variable field that we announce; default 16,384. */
  readonly maxPduLength?: number
  readonly implementation?: Implementation
  readonly timeouts?: Partial<ConnectTimeouts>
  readonly limits?: Partial<PduLimits & MessageLimits>
  readonly tls?: TlsConnectionOptions | undefined
  /** What this side provides as SCP on the association, such as storage during C-GET. */
  readonly handlers?: Handlers
  /** A handler threw; the peer has got a status. */
  readonly onError?: (error: unknown, request: CommandSet) => void
  /** Gives up before the association is established; afterwards it does nothing. */
  readonly signal?: AbortSignal | undefined
}

export const defaultConnectTimeouts: ConnectTimeouts = {
  connectTimeout: 10_000,
  idleTimeout: 30_000,
  closeTimeout: 2_000,
}

/**
 * Connects to a peer and requests an association. Rejects with AssociationRejectedError if the peer refuses,
 * AssociationError if there is no peer or no answer, RangeError if the proposal is not valid, and with the reason of
 * `signal`.
 */
export async function connect(options: ConnectOptions): Promise<Association> {
  const timeouts = { ...defaultConnectTimeouts, ...options.timeouts }
  const proposal = { ...options, maxPduLength: options.maxPduLength ?? 16_384 }
  const request = proposeAssociation(proposal, options.implementation ?? defaultImplementation)
  const { signal } = options
  signal?.throwIfAborted()
  let socket: Socket | undefined
  const giveUp = (): void => void socket?.destroy()
  signal?.addEventListener('abort', giveUp)
  try {
    socket = createSocket(options)
    await opened(socket, options, timeouts.connectTimeout)
    return await Association.request(socket, {
      request,
      timeouts: { ...timeouts, associateTimeout: 0 },
      limits: { ...defaultPduLimits, ...defaultMessageLimits, ...options.limits },
      providers: providersOf(options.handlers ?? {}),
      onError: (error, command) => options.onError?.(error, command),
    })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}

const createSocket = ({ host, port, tls }: ConnectOptions): Socket =>
  tls ? connectTls({ ...tls, host, port }) : connectTcp({ host, port })

function opened(socket: Socket, { host, port, tls }: ConnectOptions, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = timeout > 0 ? setTimeout(() => fail('no answer'), timeout) : undefined
    const fail = (reason: string, cause?: Error) => {
      clearTimeout(timer)
      socket.destroy()
      reject(new AssociationError(`cannot connect to ${host}:${port}: ${reason}`, { cause }))
    }
    socket.once('close', () => fail('the connection was closed'))
    const failed = (error: Error) => fail(error.message, error)
    socket.once('error', failed)
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      socket.off('error', failed)
      resolve()
    })
  })
}
