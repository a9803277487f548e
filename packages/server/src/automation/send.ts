import { Agent, type buildConnector, request } from 'undici'
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

/**
 * Posts messages to the receiver of a hook. Redirects are followed if the hook says so: every address is connected to
 * in the same way, hence under the same rules. `connector`: in place of the one that follows from the hook.
 */
export function createSender(
  hook: Webhook,
  limits: WebhookLimits,
  connector?: buildConnector.connector,
): Sender {
  const timeout = hook.timeout * 1000
  const usual = hook.allowPrivateAddresses ? { timeout } : publicConnector(timeout)
  const agent = new Agent({
    connections: limits.parallel,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connect: connector ?? usual,
  })
  return {
    send: async (message, signal) => {
      const options = {
        method: 'POST',
        dispatcher: agent,
        headers: headersOf(message, hook.secret),
        body: message.body,
        // A receiver that sends a byte now and then is not a receiver.
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      } as const
      let url = hook.url
      for (let redirects = 0; ; redirects++) {
        const { statusCode, headers, body } = await request(url, options)
        await body.dump({ limit: limits.answerBytes })
        const next = hook.followRedirects ? redirectOf(statusCode, headers.location, url) : undefined
        if (next === undefined) return statusCode
        if (redirects === limits.redirects) throw new Error(`More than ${limits.redirects} redirects`)
        url = next
      }
    },
    close: () => agent.destroy(),
  }
}

/** By which the same request goes elsewhere. 303 asks for another one, and tells nothing of this one. */
const redirects: ReadonlySet<number> = new Set([301, 302, 307, 308])

/** Undefined when the answer sends nobody anywhere. Errors: for a target that is no receiver. */
function redirectOf(
  status: number,
  location: string | readonly string[] | undefined,
  from: string,
): string | undefined {
  if (!redirects.has(status) || typeof location !== 'string') return undefined
  const target = URL.parse(location, from)
  if (target === null || !/^https?:$/.test(target.protocol))
    throw new Error('A redirect to no http or https URL')
  if (target.protocol === 'http:' && from.startsWith('https:'))
    throw new Error('A redirect from https to http')
  return target.href
}

const headersOf = (message: Parameters<Send>[0], secret: string | undefined): Record<string, string> => ({
  'Content-Type': 'application/json',
  'User-Agent': 'Kingsfoil',
  'X-Kingsfoil-Event': message.event,
  'X-Kingsfoil-Delivery': message.deliveryId,
  'X-Kingsfoil-Timestamp': String(message.timestamp),
  ...(secret !== undefined && { 'X-Kingsfoil-Signature': `sha256=${sign(message, secret)}` }),
})
