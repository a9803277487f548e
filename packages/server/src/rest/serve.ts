import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authenticate } from '../auth/authenticate.ts'
import { DomainError } from '../model/domain-error.ts'
import { type BodyOptions, RequestBody } from './body/request-body.ts'
import { errorReply, type RestLog } from './error-reply.ts'
import { badRequest, json, methodNotAllowed, notFound, type Reply } from './reply.ts'
import { effectiveMethod, pathOf, queryOf, type RestMethod } from './request-target.ts'
import type { Target } from './router.ts'
import type { UriNode } from './uri-tree.ts'
import { type WriteOptions, writeReply } from './write-reply.ts'

export interface ServeOptions extends WriteOptions, BodyOptions {
  readonly authenticate: Authenticate
  readonly describeErrors: boolean
  readonly keepAlive: boolean
  readonly log: RestLog
}

const unauthenticated: Reply = {
  kind: 'empty',
  status: 401,
  headers: { 'WWW-Authenticate': 'Basic realm="Orthanc Secure Area"' },
}

/** Takes a request from its head to the end of its answer; everything that comes in passes here. Never throws. */
export async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target | undefined,
  options: ServeOptions,
): Promise<void> {
  const body = new RequestBody(request, response, options)
  const fail = (error: unknown): Reply =>
    errorReply(error, {
      method: request.method ?? '',
      uri: pathOf(request.url ?? ''),
      describe: options.describeErrors,
      log: options.log,
    })
  try {
    const reply = await answer(request, response, target, body, options).catch(fail)
    const connection = body.abandon() ?? (options.keepAlive ? undefined : 'close')
    if (connection !== undefined) response.setHeader('Connection', connection)
    // What fails before the head is written fails as the answer.
    await writeReply(request, response, reply, options).catch((error) => {
      if (response.headersSent) throw error
      return writeReply(request, response, fail(error), options)
    })
  } catch (error) {
    options.log.error({ err: error }, 'an answer could not be written')
    response.destroy()
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target | undefined,
  body: RequestBody,
  options: ServeOptions,
): Promise<Reply> {
  const { headers, url = '', socket } = request
  const method = effectiveMethod(request.method, url, headers['x-http-method-override'])
  const route = target && method && target.node.routes.get(method)
  const verdict = options.authenticate({
    remoteAddress: socket.remoteAddress,
    mutates: route === undefined ? method !== 'GET' : route.mutates || route.reachesOut,
    host: headers.host,
    origin: headers.origin,
    fetchSite: headerText(headers['sec-fetch-site']),
    authorization: headers.authorization,
  })
  if (verdict.kind === 'unauthenticated') return unauthenticated
  if (verdict.kind === 'forbidden') throw new DomainError('ForbiddenAccess', verdict.reason)
  if (target === undefined || route === undefined || method === undefined) {
    return answerWithoutRoute(request.method, method, target?.node)
  }
  if (request.method === 'POST' || request.method === 'PUT') body.checkFraming()
  return route.respond({
    params: target.params,
    query: queryOf(url),
    headers,
    body,
    remoteIp: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    username: verdict.username,
    left: () => leaving(response),
  })
}

function leaving(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort()
  })
  if (response.destroyed) controller.abort()
  return controller.signal
}

const headerText = (value: string | string[] | undefined): string | undefined =>
  value === undefined ? undefined : String(value)

/** There is no cross-origin access, hence nothing for HEAD and OPTIONS; other methods are no part of the API. */
function answerWithoutRoute(
  sent: string | undefined,
  method: RestMethod | undefined,
  node: UriNode | undefined,
): Reply {
  if (sent === 'HEAD' || sent === 'OPTIONS') return notFound
  if (method === undefined) return badRequest
  if (node === undefined) throw new DomainError('UnknownResource')
  const listed = node.children.length > 0
  if (method === 'GET' && listed) return json(node.children)
  const allowed = new Set<string>([...(listed ? ['GET'] : []), ...node.routes.keys()])
  return methodNotAllowed(['GET', 'POST', 'PUT', 'DELETE'].filter((name) => allowed.has(name)))
}
