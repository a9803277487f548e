import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { deflate, gzip } from 'node:zlib'
import type { BufferPool } from './buffer-pool.ts'
import { formatJson } from './json.ts'
import { pump, pumpTexts } from './pump.ts'
import { type Reply, tooManyStreams } from './reply.ts'
import type { Streams } from './streams.ts'
import { jsonType, wantsXml, xmlType } from './value-types.ts'
import { formatXml } from './xml.ts'

export interface WriteOptions {
  /** Where file content passes through. */
  readonly buffers: BufferPool
  readonly compress: boolean
  /** Bytes from which an answer is worth compressing. */
  readonly compressedBytes: number
  /** Seconds without progress after which a client is given up. */
  readonly timeout: number
  readonly streams: Streams
}

type Headers = Record<string, string | number>

/** The one place where an answer goes onto the wire. */
export async function writeReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  options: WriteOptions,
): Promise<void> {
  const headers: Headers = { 'X-Content-Type-Options': 'nosniff' }
  if (reply.headers !== undefined) Object.assign(headers, reply.headers)
  if (reply.kind === 'bytes') {
    headers['Content-Type'] = reply.contentType
    headers['Content-Length'] = reply.length
    await pump(response, {
      source: reply.read((length) => options.buffers.take(length)),
      length: reply.length,
      timeout: options.timeout,
      begin: () => void response.writeHead(reply.status, headers),
      release: (chunk) => options.buffers.give(chunk),
    })
  } else if (reply.kind === 'download') {
    headers['Content-Type'] = reply.contentType
    // So that clients of HTTP/1.0, too, know where it ends.
    headers.Connection = 'close'
    await pump(response, {
      source: reply.read(),
      length: undefined,
      signal: reply.signal,
      timeout: options.timeout,
      begin: () => void response.writeHead(reply.status, headers),
      release: () => undefined,
    })
  } else if (reply.kind === 'stream') {
    headers['Content-Type'] = reply.contentType
    await writeStream(request, response, reply, headers, options)
  } else if (reply.kind === 'empty') {
    if (reply.contentType !== undefined) headers['Content-Type'] = reply.contentType
    // A 304 tells the length of what it does not send (RFC 9110 section 8.6), which is not known here.
    if (reply.status !== 304) headers['Content-Length'] = 0
    response.writeHead(reply.status, headers).end()
  } else {
    await writeText(request, response, reply.status, textOf(reply, request.headers.accept), headers, options)
  }
}

async function writeStream(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Extract<Reply, { kind: 'stream' }>,
  headers: Headers,
  options: WriteOptions,
): Promise<void> {
  const signal = options.streams.add(response)
  if (signal === undefined) return writeReply(request, response, tooManyStreams, options)
  // It ends when the server does.
  headers.Connection = 'close'
  response.writeHead(reply.status, headers)
  await pumpTexts(response, reply.read(signal), options.timeout, signal)
}

interface Text {
  readonly content: string
  readonly contentType: string
  readonly encoding: 'latin1' | 'utf8'
}

function textOf(reply: Extract<Reply, { kind: 'json' | 'text' }>, accept: string | undefined): Text {
  if (reply.kind === 'text') return { content: reply.text, contentType: reply.contentType, encoding: 'utf8' }
  if (wantsXml(accept)) return { content: formatXml(reply.value), contentType: xmlType, encoding: 'utf8' }
  // It is ASCII, for which this encoding is the fastest.
  return { content: reply.formatted ?? formatJson(reply.value), contentType: jsonType, encoding: 'latin1' }
}

async function writeText(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  { content, contentType, encoding }: Text,
  headers: Headers,
  options: WriteOptions,
): Promise<void> {
  headers['Content-Type'] = contentType
  const coding = options.compress ? chooseCoding(request.headers['accept-encoding']) : undefined
  if (coding !== undefined && content.length >= options.compressedBytes) {
    const body = await compressors[coding](content)
    headers['Content-Encoding'] = coding
    headers['Content-Length'] = body.length
    response.writeHead(status, headers).end(body)
    return
  }
  headers['Content-Length'] = Buffer.byteLength(content, encoding)
  response.writeHead(status, headers).end(content, encoding)
}

const compressors = { gzip: promisify<string, Buffer>(gzip), deflate: promisify<string, Buffer>(deflate) }

function chooseCoding(header: string | string[] | undefined): 'gzip' | 'deflate' | undefined {
  const accepted = String(header ?? '')
    .toLowerCase()
    .split(',')
    .map((item) => item.trim())
    .filter((item) => !/; *q=0(\.0*)?$/.test(item))
    .map((item) => item.replace(/;.*$/, ''))
  if (accepted.includes('gzip')) return 'gzip'
  return accepted.includes('deflate') ? 'deflate' : undefined
}
