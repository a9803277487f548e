import { setTimeout as sleep } from 'node:timers/promises'
import type { Webhook } from '../model/webhook.ts'
import { retryDelay } from './retry-delay.ts'
import { runWebhook, startingPoint, type WebhookRun } from './run-webhook.ts'
import { webhookLimits } from './webhook-limits.ts'

export interface WebhooksOptions extends Pick<WebhookRun, 'changes' | 'deliveries' | 'clock' | 'log'> {
  readonly webhooks: ReadonlyMap<string, Webhook>
}

/**
 * Starts all hooks, each on its own: they learn of all that happens once this has resolved. The result ends them; what
 * is on its way then is sent again after a restart.
 */
export async function startWebhooks(options: WebhooksOptions): Promise<() => Promise<void>> {
  for (const name of options.webhooks.keys()) await startingPoint({ ...options, name })
  const ending = new AbortController()
  const running = [...options.webhooks].map(([name, hook]) => keepRunning(name, hook, options, ending.signal))
  return async () => {
    ending.abort()
    await Promise.all(running)
  }
}

/** When the catalog fails, begins again from the cursor after a while. */
async function keepRunning(
  name: string,
  hook: Webhook,
  options: WebhooksOptions,
  signal: AbortSignal,
): Promise<void> {
  const limits = webhookLimits
  // What a server without webhooks need not load.
  const { createSender } = await import('./send.ts')
  const { send, close } = createSender(hook, limits)
  const run: WebhookRun = { ...options, name, hook, send, wait, random: Math.random, limits }
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      await runWebhook(run, signal)
    } catch (error) {
      options.log.error({ err: error, webhook: name }, 'A webhook was interrupted')
      await wait(retryDelay(failures, Math.random(), limits), signal)
    }
  }
  await close()
}

async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
