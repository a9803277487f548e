import { Agent, request } from 'undici'
import type { Webhook } from '../model/webhook.ts'
import { publicConnector } from './public-connector.ts'
import { type Message, sign } from './sign.ts'
import type { WebhookLimits } from './webhook-limits.ts'

/** Resolves to the HTTP status of the answer; rejects when there is none. */
export type Send = (message: Message & { readonly event: string }, signal: AbortSignal) => Promise<number>

export interface Sender {
  readonly send: Send
  close(): Promise<void>
}

/** Posts messages to the receiver of a hook. Redirects are not followed. */
export function createSender(hook: Webhook, limits: WebhookLimits): Sender {
  const timeout = hook.timeout * 1000
  const agent = new Agent({
    connections: limits.parallel,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connect: hook.allowPrivateAddresses ? { timeout } : publicConnector(timeout),
  })
  return {
    send: async (message, signal) => {
      const { statusCode, body } = await request(hook.url, {
        method: 'POST',
        dispatcher: agent,
        headers: headersOf(message, hook.secret),
        body: message.body,
        // A receiver that sends a byte now and then is not a receiver.
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      })
      await body.dump({ limit: limits.answerBytes })
      return statusCode
    },
    close: () => agent.destroy(),
  }
}

const headersOf = (message: Parameters<Send>[0], secret: string | undefined): Record<string, string> => ({
  'Content-Type': 'application/json',
  'User-Agent': 'Kingsfoil',
  'X-Kingsfoil-Event': message.event,
  'X-Kingsfoil-Delivery': message.deliveryId,
  'X-Kingsfoil-Timestamp': String(message.timestamp),
  ...(secret !== undefined && { 'X-Kingsfoil-Signature': `sha256=${sign(message, secret)}` }),
})
