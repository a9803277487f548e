import type { IncomingHttpHeaders } from 'node:http'
import type { JsonObject } from '../model/json-value.ts'
import { type ArgumentSchemas, type Arguments, createArgumentParser } from './arguments.ts'
import type { RequestBody } from './body/request-body.ts'
import type { Reply } from './reply.ts'
import type { RestMethod } from './request-target.ts'

/** `{name}` for one segment; `{*}`, at the end, for any number of them. */
type ParameterOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterOf<Rest>
  : never

/** A request as a route sees it. */
export interface Call<Parameter extends string, Query> {
  readonly params: { readonly [Name in Parameter]: string }
  readonly query: Query
  readonly headers: IncomingHttpHeaders
  readonly body: RequestBody
  readonly remoteIp: string
  readonly username: string | undefined
  /** Aborts when the client goes away before it has its answer. */
  readonly left: () => AbortSignal
}

export interface RouteDefinition<Path extends string, Query extends ArgumentSchemas> {
  readonly method: RestMethod
  readonly path: Path
  readonly summary: string
  readonly query?: Query
  /** Media types of request bodies. */
  readonly accepts?: readonly string[]
  /** Media types of the answer; without, it is empty. */
  readonly produces?: readonly string[]
  /** False for a method other than GET that leaves everything as it is. */
  readonly mutates?: boolean
  /** False for what changes the running process alone, which a server that is read-only allows. */
  readonly stores?: boolean
  /** Whether it makes the server talk to others: pages of others may not ask for that, though nothing changes here. */
  readonly reachesOut?: boolean
  handle(call: Call<ParameterOf<Path>, Arguments<Query>>): Reply | Promise<Reply>
}

/** One operation of the API: what serves it and what documents it. */
export interface Route {
  readonly method: RestMethod
  readonly path: string
  readonly summary: string
  readonly query: ArgumentSchemas
  readonly accepts: readonly string[]
  readonly produces: readonly string[]
  readonly mutates: boolean
  readonly stores: boolean
  readonly reachesOut: boolean
  respond(request: RouteRequest): Reply | Promise<Reply>
}

export interface RouteRequest {
  readonly params: { readonly [name: string]: string }
  readonly query: URLSearchParams | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: RequestBody
  readonly remoteIp: string
  readonly username: string | undefined
  readonly left: () => AbortSignal
}

const jsonTypes: readonly string[] = ['application/json', 'application/xml']

/** Media types of a JSON answer. */
export const producesJson = { produces: jsonTypes } as const

export const producesText = { produces: ['text/plain'] } as const

export function route<const Path extends string, Query extends ArgumentSchemas = Record<never, never>>(
  definition: RouteDefinition<Path, Query>,
): Route {
  const parse = createArgumentParser<ArgumentSchemas>(definition.query ?? {})
  type Expected = Call<ParameterOf<Path>, Arguments<Query>>
  const mutates = definition.mutates ?? definition.method !== 'GET'
  return {
    method: definition.method,
    path: definition.path,
    summary: definition.summary,
    query: definition.query ?? {},
    accepts: definition.accepts ?? [],
    produces: definition.produces ?? [],
    mutates,
    stores: mutates && definition.stores !== false,
    reachesOut: definition.reachesOut ?? false,
    respond: (request) => {
      const { params, headers, body, remoteIp, username, left } = request
      const query = parse(request.query)
      return definition.handle({ params, query, headers, body, remoteIp, username, left } as Expected)
    },
  }
}

/** Something that a view makes: an object of an answer. */
export type View = JsonObject
