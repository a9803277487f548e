import type { DomainError } from '../model/domain-error.ts'
import type { RetryRule } from './job-type.ts'

/**
 * Milliseconds to wait after so many failures in a row: any time up to a longest one that doubles each time, so that
 * those who failed together do not come back together. `random` is from 0 to 1.
 */
export function retryDelay(error: DomainError, rule: RetryRule, failures: number, random: number): number {
  const asked = error.passing?.after
  return Math.ceil(asked ?? random * Math.min(rule.longest, rule.first * 2 ** (failures - 1)))
}
