import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { DomainError } from '../model/domain-error.ts'
import { errors } from '../model/errors.ts'
import { formatJson } from './json.ts'
import type { Reply } from './reply.ts'
import { viewError } from './views/error-view.ts'

/** What the server needs of a log; `pino` loggers fit. */
export interface RestLog {
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface ErrorContext {
  /** As the client sent it. */
  readonly method: string
  /** Path without query. */
  readonly uri: string
  readonly describe: boolean
  readonly log: RestLog
}

/** The one place where an exception becomes an answer. Only a `DomainError` says what happened. */
export function errorReply(error: unknown, context: ErrorContext): Reply {
  const known = error instanceof DomainError ? error : hideUnknown(error, context)
  const row = errors[known.code]
  if (!context.describe) return { kind: 'empty', status: row.httpStatus }
  const view = viewError(context, row, STATUS_CODES[row.httpStatus] ?? '', known.details, known.payload)
  return { kind: 'text', status: row.httpStatus, text: formatJson(view), contentType: 'text/plain' }
}

function hideUnknown(error: unknown, { method, uri, log }: ErrorContext): DomainError {
  const logId = randomUUID()
  log.error({ err: error, logId, method, uri }, 'request failed')
  return new DomainError('InternalError', `See log entry ${logId}`)
}
