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

/** The final response of an operation. */
export function responseOf(answer: Answer): ServiceResponse {
  if (typeof answer === 'number') return { status: answer }
  const { status, errorComment, offendingElements } = answer
  return { status, errorComment, command: { offendingElement: offendingElements } }
}
