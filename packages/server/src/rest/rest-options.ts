import type { TlsOptions } from 'node:tls'
import type { AccessOptions } from '../auth/authenticate.ts'
import type { RestLog } from './error-reply.ts'
import type { HttpLimits } from './http-limits.ts'
import type { RouteContext } from './route-context.ts'

/** What the HTTP server is made with: the rooms behind it, and the values of its options. */
export interface RestOptions extends Omit<RouteContext, 'limits'>, AccessOptions {
  /** 0 = any free one. */
  readonly port: number
  /** None = all addresses of the machine. */
  readonly bindAddresses: readonly string[]
  /** Undefined: plain HTTP. */
  readonly tls?: TlsOptions | undefined
  /** Bytes, 0 = no limit. */
  readonly maximumRequestBodySize: number
  /** Seconds without progress, either way, after which a client is given up; 0 = never. */
  readonly requestTimeout: number
  readonly keepAlive: boolean
  /** Seconds that an idle connection is kept. */
  readonly keepAliveTimeout: number
  readonly describeErrors: boolean
  readonly compressAnswers: boolean
  readonly log: RestLog
  /** Default: `httpLimits`. */
  readonly limits?: HttpLimits
}
