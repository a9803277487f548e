import { type Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** From the call to the last byte. */
  readonly ms: number
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string | number>>
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  readonly timeoutMs?: number
  /** Keeps connections open when many requests follow each other. */
  readonly agent?: Agent
}

/** One request on a connection of its own; the path is sent as it is. Rejects when the connection breaks first. */
export function request(
  port: number,
  method: string,
  path: string,
  { headers = {}, body, timeoutMs = 30_000, agent }: RequestOptions = {},
): Promise<HttpAnswer> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const fixed = typeof body === 'string' || body instanceof Uint8Array
    const length =
      fixed && !('content-length' in headers) ? { 'content-length': Buffer.byteLength(body) } : {}
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, method, path, headers: { ...length, ...headers }, agent: agent ?? false },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.once('error', reject)
        incoming.once('end', () => {
          if (agent === undefined) outgoing.destroy()
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks),
            ms: performance.now() - started,
          })
        })
      },
    )
    outgoing.setTimeout(timeoutMs, () =>
      outgoing.destroy(new Error(`no answer to ${method} ${path} in ${timeoutMs} ms`)),
    )
    outgoing.once('error', reject)
    if (body === undefined || fixed) outgoing.end(body)
    else
      Readable.from(body)
        .once('error', (error) => outgoing.destroy(error))
        .pipe(outgoing)
  })
}

export const get = (port: number, path: string, options?: RequestOptions): Promise<HttpAnswer> =>
  request(port, 'GET', path, options)

export const post = (
  port: number,
  path: string,
  body: RequestOptions['body'] & {},
  options?: RequestOptions,
): Promise<HttpAnswer> => request(port, 'POST', path, { ...options, body })

/** The body of a successful GET, parsed. */
export async function getJson<T>(port: number, path: string): Promise<T> {
  const answer = await get(port, path)
  if (answer.status !== 200)
    throw new Error(`GET ${path}: ${answer.status} ${answer.body.toString('utf8', 0, 500)}`)
  return JSON.parse(answer.body.toString('utf8')) as T
}

/**
 * Sends bytes as they are and collects what comes back until the other side closes, `until` is content, or the time
 * is over.
 */
export function exchange(
  port: number,
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  {
    timeoutMs = 5000,
    until = () => false,
  }: { timeoutMs?: number; until?: (received: Buffer) => boolean } = {},
): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let received = Buffer.alloc(0)
    const finish = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(received)
    }
    const timer = setTimeout(finish, timeoutMs)
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (until(received)) finish()
    })
    socket.once('error', finish)
    socket.once('close', finish)
    socket.once('end', finish)
    Readable.from(chunks, { objectMode: true }).on('error', finish).pipe(socket, { end: false })
  })
}
