import { type ErrorCode, errors } from './errors.ts'

/** The one error that rooms throw on purpose: a row of the error table, and what happened. Edges translate it. */
export class DomainError extends Error {
  readonly code: ErrorCode
  /** Text that may be shown to the client. */
  readonly details: string | undefined

  constructor(code: ErrorCode, details?: string, options?: ErrorOptions) {
    super(details === undefined ? errors[code].message : `${errors[code].message}: ${details}`, options)
    this.name = 'DomainError'
    this.code = code
    this.details = details
  }
}
