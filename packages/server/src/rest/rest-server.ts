import fastify, { type FastifyInstance } from 'fastify'
import { createAuthenticate } from '../auth/authenticate.ts'
import { httpLimits } from './http-limits.ts'
import { type Listener, listen } from './listener.ts'
import { normalizeTarget, restMethods } from './request-target.ts'
import type { RestOptions } from './rest-options.ts'
import type { Route } from './route.ts'
import { createRoutes } from './routes/routes.ts'
import { type ServeOptions, serve } from './serve.ts'
import { buildUriTree, type UriNode } from './uri-tree.ts'

export interface RestServer {
  /** All that is served, as data. */
  readonly routes: readonly Route[]
  /** Resolves to the port. Errors: `HttpPortInUse`. */
  listen(): Promise<number>
  /** Takes no new connections and waits for the answers under way, for at most `graceSeconds`. */
  close(graceSeconds?: number): Promise<void>
}

export function createRestServer(options: RestOptions): RestServer {
  const limits = options.limits ?? httpLimits
  const routes = createRoutes({ ...options, limits })
  const app = createRouter(buildUriTree(routes), serveOptionsOf(options))
  let listener: Listener | undefined
  return {
    routes,
    listen: async () => {
      await app.ready()
      listener = await listen(app.routing, { ...options, maxHeaderSize: limits.headerBytes })
      return listener.port
    },
    close: async (graceSeconds = 10) => {
      await listener?.close(graceSeconds * 1000)
      await app.close()
    },
  }
}

function serveOptionsOf(options: RestOptions): ServeOptions {
  const limits = options.limits ?? httpLimits
  return {
    authenticate: createAuthenticate(options),
    describeErrors: options.describeErrors,
    keepAlive: options.keepAlive,
    log: options.log,
    compress: options.compressAnswers,
    compressedBytes: limits.compressedBytes,
    maximumBytes: options.maximumRequestBodySize,
    timeout: options.requestTimeout,
    limits,
  }
}

/** Lets fastify find what a URI leads to, and nothing else: bodies stay streams, and replies are ours. */
function createRouter(nodes: readonly UriNode[], options: ServeOptions): FastifyInstance {
  const app = fastify({
    exposeHeadRoutes: false,
    rewriteUrl: (request) => normalizeTarget(request.url ?? '/'),
    routerOptions: { maxParamLength: options.limits.segmentCharacters, querystringParser: () => ({}) },
    frameworkErrors: (_error, request, reply) => {
      reply.hijack()
      void serve(request.raw, reply.raw, undefined, options)
    },
  })
  for (const method of restMethods) app.addHttpMethod(method, { hasBody: false, overrideExisting: true })
  for (const node of nodes) {
    app.route({
      method: [...restMethods],
      url: node.template.replaceAll(/\{(\w+)\}/g, ':$1').replace('{*}', '*'),
      handler: (request, reply) => {
        reply.hijack()
        const params = request.params as { readonly [name: string]: string }
        void serve(request.raw, reply.raw, { node, params }, options)
      },
    })
  }
  app.setNotFoundHandler((request, reply) => {
    reply.hijack()
    void serve(request.raw, reply.raw, undefined, options)
  })
  return app
}
