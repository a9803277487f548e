import { resources } from './0001-resources.ts'
import { webhooks } from './0005-webhooks.ts'

/** In order; the catalog remembers how many it has seen. */
export const migrations: readonly string[] = [resources, webhooks]
