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
): View => ({
  ...(details !== undefined && { Details: details }),
  HttpError: reason,
  HttpStatus: httpStatus,
  Message: message,
  Method: method,
  OrthancError: message,
  OrthancStatus: status,
  Uri: uri,
})
