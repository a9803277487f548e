import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { DomainError } from '../model/domain-error.ts'
import type { RestOptions } from './rest-options.ts'

export type ListenerOptions = Pick<
  RestOptions,
  'port' | 'bindAddresses' | 'tls' | 'requestTimeout' | 'keepAliveTimeout'
> & { readonly maxHeaderSize: number }

export interface Listener {
  readonly port: number
  /** Waits for the answers under way, then, after so many milliseconds, cuts them off. */
  close(grace: number): Promise<void>
}

/** Opens one server for each address. Errors: `HttpPortInUse`. */
export async function listen(onRequest: RequestListener, options: ListenerOptions): Promise<Listener> {
  const servers: Opened[] = []
  let port = options.port
  try {
    for (const address of options.bindAddresses.length > 0 ? options.bindAddresses : [undefined]) {
      const server = makeServer(onRequest, options)
      const sockets = trackSockets(server)
      port = await open(server, port, address)
      servers.push({ server, sockets })
    }
  } catch (error) {
    await Promise.all(servers.map((server) => close(server, 0)))
    throw error
  }
  return {
    port,
    close: async (grace) => void (await Promise.all(servers.map((server) => close(server, grace)))),
  }
}

interface Opened {
  readonly server: Server
  readonly sockets: ReadonlySet<Socket>
}

/** Node's `closeAllConnections` does not reach those in the TLS handshake. */
function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

function makeServer(onRequest: RequestListener, options: ListenerOptions): Server {
  const timeout = options.requestTimeout * 1000
  const settings = {
    maxHeaderSize: options.maxHeaderSize,
    optimizeEmptyRequests: true,
    keepAliveTimeout: options.keepAliveTimeout * 1000,
    // Slow heads end here. Bodies may take their time as long as they move: the reader of a body sees to that.
    headersTimeout: timeout,
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(timeout || 5000, 5000),
  }
  const server =
    options.tls === undefined
      ? createServer(settings, onRequest)
      : createSecureServer(
          { ...options.tls, ...settings, ...(timeout > 0 && { handshakeTimeout: timeout }) },
          onRequest,
        )
  // Who asks first is told to go on when the body is read, not before it was looked at.
  server.on('checkContinue', onRequest)
  return server
}

function open(server: Server, port: number, address: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE' || cause.code === 'EACCES'
      reject(taken ? new DomainError('HttpPortInUse', String(port), { cause }) : cause)
    })
    server.listen({ port, ...(address !== undefined && { host: address }) }, () => {
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function close({ server, sockets }: Opened, grace: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, grace)
    server.close(() => {
      clearTimeout(deadline)
      resolve()
    })
  })
}
