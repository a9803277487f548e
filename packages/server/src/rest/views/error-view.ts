import type { ErrorPayload } from '../../model/domain-error.ts'
import type { View } from '../route.ts'

interface Failure {
  readonly status: number
  readonly httpStatus: number
  readonly message: string
}

/** What programs read of an error, as a member beside what people do. */
export const viewPayload = (payload: ErrorPayload | undefined): View =>
  payload === undefined ? {} : { ErrorPayload: { Content: payload.content, Type: payload.type } }

export const viewError = (
  { method, uri }: { readonly method: string; readonly uri: string },
  { status, httpStatus, message }: Failure,
  reason: string,
  details: string | undefined,
  payload: ErrorPayload | undefined,
): View => ({
  ...(details !== undefined && { Details: details }),
  ...viewPayload(payload),
  HttpError: reason,
  HttpStatus: httpStatus,
  Message: message,
  Method: method,
  OrthancError: message,
  OrthancStatus: status,
  Uri: uri,
})
