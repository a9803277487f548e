import type { DeliveryPage, DeliveryState, LoggedAttempt, Webhook } from '../../model/webhook.ts'
import type { View } from '../route.ts'

/** Without the secret. */
export const viewWebhook = (hook: Webhook, state: DeliveryState | undefined): View => ({
  AllowPrivateAddresses: hook.allowPrivateAddresses,
  Cursor: state?.cursor ?? null,
  Events: hook.types ?? null,
  FollowRedirects: hook.followRedirects,
  LastError: state?.lastFailure === undefined ? null : viewAttempt(state.lastFailure),
  Levels: hook.levels ?? null,
  MaximumAge: hook.maximumAge,
  MaximumAttempts: hook.maximumAttempts,
  Signed: hook.secret !== undefined,
  Timeout: hook.timeout,
  Url: hook.url,
})

const viewAttempt = (attempt: LoggedAttempt): View => ({
  Attempt: attempt.attempt,
  Date: attempt.date,
  DeliveryID: attempt.deliveryId,
  Error: attempt.error ?? null,
  HttpStatus: attempt.httpStatus ?? null,
  Milliseconds: attempt.milliseconds,
  Number: attempt.key,
  Seq: attempt.sequence,
})

export const viewDeliveries = ({ attempts, done, last }: DeliveryPage): View => ({
  Deliveries: attempts.map(viewAttempt),
  Done: done,
  Last: last,
})
