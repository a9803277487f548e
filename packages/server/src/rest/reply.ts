import type { Allocate } from '../model/allocate.ts'
import type { JsonValue } from '../model/json-value.ts'
import { formatJson } from './json.ts'

type Headers = Readonly<Record<string, string>>

/** An answer as a value; `writeReply` alone knows how it goes onto the wire. */
export type Reply =
  | {
      readonly kind: 'json'
      readonly status: number
      readonly value: JsonValue
      /** What `formatJson` makes of it, where that is known already. */
      readonly formatted?: string
      readonly headers?: Headers
    }
  | {
      readonly kind: 'text'
      readonly status: number
      readonly text: string
      readonly contentType: string
      readonly headers?: Headers
    }
  | {
      readonly kind: 'bytes'
      readonly status: number
      /** Bytes that `read` gives. */
      readonly length: number
      readonly contentType: string
      /** In memory that `allocate` gives, which is used again once a chunk is sent, or in its own. */
      readonly read: (allocate: Allocate) => AsyncIterable<Uint8Array>
      readonly headers?: Headers
    }
  | {
      readonly kind: 'download'
      readonly status: number
      readonly contentType: string
      /** Bytes without a length that is known; a failure after the first of them cuts the connection. */
      readonly read: () => AsyncIterable<Uint8Array>
      /** Cuts the connection, whatever the client takes. */
      readonly signal: AbortSignal
      readonly headers?: Headers
    }
  | {
      readonly kind: 'stream'
      readonly status: number
      readonly contentType: string
      /** Without end, unless the signal says so. The next text is asked for when the client has taken the last. */
      readonly read: (signal: AbortSignal) => AsyncIterable<string>
      readonly headers?: Headers
    }
  | {
      readonly kind: 'empty'
      readonly status: number
      readonly contentType?: string
      readonly headers?: Headers
    }

export const json = (value: JsonValue, headers?: Headers): Reply => ({
  kind: 'json',
  status: 200,
  value,
  ...(headers && { headers }),
})

/** For an answer that is given again and again. */
export const formattedJson = (value: JsonValue) =>
  ({
    kind: 'json',
    status: 200,
    value,
    formatted: formatJson(value),
  }) as const satisfies Reply

export const text = (content: string, headers?: Headers, contentType = 'text/plain'): Reply => ({
  kind: 'text',
  status: 200,
  text: content,
  contentType,
  ...(headers && { headers }),
})

export const bytes = (content: Uint8Array, contentType = 'application/octet-stream'): Reply => ({
  kind: 'bytes',
  status: 200,
  length: content.length,
  contentType,
  read: async function* () {
    yield content
  },
})

/** What many routes say after a change. */
export const done = { kind: 'empty', status: 200, contentType: 'text/plain' } as const satisfies Reply

/** The fixed answer `{}`. */
export const acknowledged: Reply = text('{}', undefined, 'application/json')

/** For what is looked for under its own URI and is not there. */
export const notFound: Reply = { kind: 'empty', status: 404 }

export const badRequest: Reply = { kind: 'empty', status: 400 }

export const forbidden: Reply = { kind: 'empty', status: 403 }

/** Seconds after which one who was turned away may ask again. */
const patience = '10'

export const tooManyStreams: Reply = { kind: 'empty', status: 503, headers: { 'Retry-After': patience } }

export const methodNotAllowed = (allowed: readonly string[]): Reply => ({
  kind: 'empty',
  status: 405,
  headers: { Allow: allowed.join(',') },
})

export const redirect = (location: string): Reply => ({
  kind: 'empty',
  status: 307,
  headers: { Location: location },
})

/** Quotes, backslashes and control characters would end the header or the name early. */
export function contentDisposition(filename: string): Headers {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
  const safe = filename.replace(/[\x00-\x1f\x7f"\\]/g, '').replace(/[^\x20-\x7e]/g, '_')
  return { 'Content-Disposition': `filename="${safe}"` }
}
