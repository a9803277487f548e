import type { Catalog } from '../catalog/catalog.ts'
import type { DeliveryAttempt, DeliveryPage, DeliveryState } from '../model/webhook.ts'

/** Attempts that are kept of each hook. */
export const keptAttempts = 1000

/** How far those outside were told of the changes: a cursor for each that survives, and a log of the attempts. */
export class Deliveries {
  readonly #catalog: Catalog
  readonly #kept: number

  constructor(catalog: Catalog, kept: number = keptAttempts) {
    this.#catalog = catalog
    this.#kept = kept
  }

  /** Undefined for a hook that has not begun. */
  state(hook: string): Promise<DeliveryState | undefined> {
    return this.#catalog.deliveryState(hook)
  }

  /** Oldest first, after the key `since`. */
  list(hook: string, since: number, limit: number): Promise<DeliveryPage> {
    return this.#catalog.deliveries({ hook, since, limit })
  }

  /** `cursor`: every wanted change up to this sequence number was delivered. */
  record(hook: string, cursor: number, attempt?: DeliveryAttempt): Promise<void> {
    return this.#catalog.recordDelivery({ hook, cursor, kept: this.#kept, ...(attempt && { attempt }) })
  }
}
