import { once } from 'node:events'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import type { Implementation } from '../association/association-info.ts'
import { defaultImplementation } from '../association/implementation.ts'
import { defaultMessageLimits, type MessageLimits } from '../dimse/limits.ts'
import { defaultPduLimits, type PduLimits } from '../pdu/limits.ts'
import { type Handlers, providersOf } from '../services/handlers.ts'
import {
  type AcceptorOptions,
  AcceptorSession,
  type AssociationDecision,
  type AssociationObserver,
  type AssociationRequest,
} from './acceptor-session.ts'
import { AssociationSlots } from './association-slots.ts'
import type { ConnectionTimeouts } from './connection.ts'

export interface ServerLimits extends PduLimits, MessageLimits {
  /** Associations served at a time. */
  readonly maxAssociations: number
  /** Requests kept waiting for one of these; those beyond are rejected (local-limit-exceeded). */
  readonly maxWaitingAssociations: number
  /** Transport connections, whatever their state; those beyond are closed unheard. */
  readonly maxConnections: number
}

export interface ListenOptions {
  /** Default: all interfaces. */
  readonly host?: string | undefined
  /** 0: any free one, see DicomServer.port. */
  readonly port: number
  /** Bytes of a P-DATA-TF variable field that we announce; default 16,384. */
  readonly maxPduLength?: number
  readonly implementation?: Implementation
  readonly timeouts?: Partial<ConnectionTimeouts>
  readonly limits?: Partial<ServerLimits>
  /** Given: the port speaks TLS only (PS3.15 B). */
  readonly tls?: TlsOptions | undefined
  /** The acceptance policy; what it throws rejects the association. */
  accept(request: AssociationRequest): AssociationDecision | Promise<AssociationDecision>
  readonly handlers: Handlers
  readonly observer?: AssociationObserver
}

export interface DicomServer {
  readonly port: number
  /** Associations being served. */
  readonly associationCount: number
  /** Stops listening, lets running operations finish and be answered, ends associations; resolves when all is closed. */
  close(): Promise<void>
  /** Closes everything at once. */
  abort(): Promise<void>
}

export const defaultServerLimits: ServerLimits = {
  ...defaultPduLimits,
  ...defaultMessageLimits,
  maxAssociations: 64,
  maxWaitingAssociations: 64,
  maxConnections: 512,
}

export const defaultTimeouts: ConnectionTimeouts = {
  associateTimeout: 30_000,
  closeTimeout: 2_000,
  idleTimeout: 30_000,
}

const defaultMaxPduLength = 16_384

/** Opens a DICOM port. Rejects if it cannot be opened. */
export async function listen(options: ListenOptions): Promise<DicomServer> {
  const limits = { ...defaultServerLimits, ...options.limits }
  const slots = new AssociationSlots(limits.maxAssociations, limits.maxWaitingAssociations)
  const sockets = new Set<Socket>()
  const sessions = new Set<AcceptorSession>()
  const acceptorOptions = acceptorOptionsOf(options, limits, slots)
  const server = createServer(options, acceptorOptions.timeouts, (socket) => {
    const session = new AcceptorSession(socket, acceptorOptions)
    sessions.add(session)
    void session.whenClosed.then(() => sessions.delete(session))
  })
  server.maxConnections = limits.maxConnections
  // Also before a TLS handshake is done.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const port = await open(server, options)
  server.on('error', (error) => options.observer?.serverFailed?.(error))
  const stop = async (end: () => void) => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    end()
    await Promise.all([closed, ...[...sessions].map(({ whenClosed }) => whenClosed)])
  }
  return {
    port,
    get associationCount() {
      return slots.taken
    },
    close: () =>
      stop(() => {
        for (const session of sessions) session.drain()
      }),
    abort: () =>
      stop(() => {
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function acceptorOptionsOf(
  options: ListenOptions,
  limits: ServerLimits,
  slots: AssociationSlots,
): AcceptorOptions {
  return {
    implementation: options.implementation ?? defaultImplementation,
    maxPduLength: options.maxPduLength ?? defaultMaxPduLength,
    timeouts: { ...defaultTimeouts, ...options.timeouts },
    limits,
    slots,
    providers: providersOf(options.handlers),
    observer: options.observer ?? {},
    accept: (request) => options.accept(request),
  }
}

function createServer(
  { tls }: ListenOptions,
  { associateTimeout }: ConnectionTimeouts,
  onSocket: (socket: Socket) => void,
): Server {
  if (!tls) return createTcpServer(onSocket)
  // A handshake that does not come to an end counts as an association request that does not.
  const handshakeTimeout = associateTimeout > 0 ? { handshakeTimeout: associateTimeout } : {}
  const server = createTlsServer({ ...handshakeTimeout, ...tls }, onSocket)
  // The socket is destroyed; who speaks no TLS is not an error of ours.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}

function open(server: Server, { host, port }: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}
