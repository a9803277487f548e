import { resources } from './0001-resources.ts'
import { search } from './0002-search.ts'
import { attachments } from './0003-attachments.ts'
import { stabilityAndRecycling } from './0004-stability-and-recycling.ts'
import { webhooks } from './0005-webhooks.ts'
import { jobs } from './0006-jobs.ts'
import { children } from './0007-children.ts'
import { ids } from './0008-ids.ts'
import { instanceIds } from './0009-instance-ids.ts'

/** In order; the catalog remembers how many it has seen. */
export const migrations: readonly string[] = [
  resources,
  search,
  attachments,
  stabilityAndRecycling,
  webhooks,
  jobs,
  children,
  ids,
  instanceIds,
]
