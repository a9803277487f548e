import type { RequestListener } from 'node:http'
import { createAuthenticate } from '../auth/authenticate.ts'
import { BufferPool } from './buffer-pool.ts'
import { httpLimits } from './http-limits.ts'
import { type Listener, listen } from './listener.ts'
import { normalizeTarget } from './request-target.ts'
import type { RestOptions } from './rest-options.ts'
import type { Route } from './route.ts'
import { createRouter } from './router.ts'
import { createRoutes } from './routes/routes.ts'
import { type ServeOptions, serve } from './serve.ts'
import { Streams } from './streams.ts'
import { buildUriTree } from './uri-tree.ts'

export interface RestServer {
  /** All that is served, as data. */
  readonly routes: readonly Route[]
  /** Resolves to the port. Errors: `HttpPortInUse`. */
  listen(): Promise<number>
  /**
   * Takes no new connections, ends the streams and waits for the answers under way, for at most `graceSeconds`.
   */
  close(graceSeconds?: number): Promise<void>
}

export function createRestServer(options: RestOptions): RestServer {
  const limits = options.limits ?? httpLimits
  const routes = createRoutes({ ...options, limits })
  const find = createRouter(buildUriTree(routes), limits.segmentCharacters)
  const streams = new Streams(limits.eventStreams)
  const serveOptions = serveOptionsOf(options, streams)
  const onRequest: RequestListener = (request, response) => {
    const url = normalizeTarget(request.url ?? '/')
    request.url = url
    void serve(request, response, find(url), serveOptions)
  }
  let listener: Listener | undefined
  return {
    routes,
    listen: async () => {
      listener = await listen(onRequest, { ...options, maxHeaderSize: limits.headerBytes })
      return listener.port
    },
    close: async (graceSeconds = 10) => {
      streams.end()
      await listener?.close(graceSeconds * 1000)
    },
  }
}

/** Bytes that stored files are read by, and as many buffers of these as are kept. */
const [sentBytes, keptBuffers] = [640 * 1024, 16]

function serveOptionsOf(options: RestOptions, streams: Streams): ServeOptions {
  const limits = options.limits ?? httpLimits
  return {
    authenticate: createAuthenticate(options),
    buffers: new BufferPool(sentBytes, keptBuffers),
    describeErrors: options.describeErrors,
    keepAlive: options.keepAlive,
    log: options.log,
    compress: options.compressAnswers,
    compressedBytes: limits.compressedBytes,
    maximumBytes: options.maximumRequestBodySize,
    timeout: options.requestTimeout,
    streams,
    limits,
  }
}
