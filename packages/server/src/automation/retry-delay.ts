import type { WebhookLimits } from './webhook-limits.ts'

/**
 * Milliseconds to wait after so many failures in a row: doubled each time, up to a maximum, of which the last half is
 * chance (`random`, from 0 to 1), so that those who failed together do not come back together.
 */
export function retryDelay(
  failures: number,
  random: number,
  { firstDelay, longestDelay }: Pick<WebhookLimits, 'firstDelay' | 'longestDelay'>,
): number {
  const whole = Math.min(longestDelay, firstDelay * 2 ** (failures - 1))
  return whole / 2 + (whole / 2) * random
}
