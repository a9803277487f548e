import { type ErrorCode, errors } from './errors.ts'
import type { JsonValue } from './json-value.ts'

/** What a client gets beside the text, for programs to read. */
export interface ErrorPayload {
  readonly type: string
  readonly content: JsonValue
}

export interface DomainErrorOptions extends ErrorOptions {
  readonly payload?: ErrorPayload
  /** Trouble that may be over when it is tried again; `after` are milliseconds that the other side asked for. */
  readonly passing?: { readonly after?: number }
}

/** The one error that rooms throw on purpose: a row of the error table, and what happened. Edges translate it. */
export class DomainError extends Error {
  readonly code: ErrorCode
  /** Text that may be shown to the client. */
  readonly details: string | undefined
  readonly payload: ErrorPayload | undefined
  readonly passing: { readonly after?: number } | undefined

  constructor(code: ErrorCode, details?: string, { payload, passing, ...options }: DomainErrorOptions = {}) {
    super(details === undefined ? errors[code].message : `${errors[code].message}: ${details}`, options)
    this.name = 'DomainError'
    this.code = code
    this.details = details
    this.payload = payload
    this.passing = passing
  }
}
