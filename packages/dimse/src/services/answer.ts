import { isPending } from '../dimse/status.ts'
import type { ServiceResponse } from './service-provider.ts'

/** How a handler ends an operation: with a status, and what else the response says of it. */
export type Answer =
  | number
  | {
      readonly status: number
      readonly errorComment?: string | undefined
      /** Tags that the status is about (PS3.7 C). */
      readonly offendingElements?: readonly number[] | undefined
    }

/** The final response of an operation. Throws Error if a handler ends it with a pending status. */
export function responseOf(answer: Answer): ServiceResponse {
  const { status, errorComment, offendingElements }: Exclude<Answer, number> =
    typeof answer === 'number' ? { status: answer } : answer
  if (isPending(status)) throw new Error('a handler ended an operation with a pending status')
  return { status, errorComment, command: { offendingElement: offendingElements } }
}
