import type { ErrorPayload } from '../../model/domain-error.ts'
import type { View } from '../route.ts'

interface Failure {
  readonly status: number
  readonly httpStatus: number
  readonly message: string
}

export const viewError = (
  { method, uri }: { readonly method: string; readonly uri: string },
  { status, httpStatus, message }: Failure,
  reason: string,
  details: string | undefined,
  payload: ErrorPayload | undefined,
): View => ({
  ...(details !== undefined && { Details: details }),
  ...(payload !== undefined && { ErrorPayload: { Content: payload.content, Type: payload.type } }),
  HttpError: reason,
  HttpStatus: httpStatus,
  Message: message,
  Method: method,
  OrthancError: message,
  OrthancStatus: status,
  Uri: uri,
})
