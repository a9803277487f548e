import type { Changes } from '../changes/changes.ts'
import type { Deliveries } from '../changes/deliveries.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { Resources } from '../resources/resources.ts'

/** What the routes use of the rooms behind them. */
export type IngestRoom = Pick<Ingest, 'receive'>

export type ChangesRoom = Pick<Changes, 'read' | 'readLast' | 'clear' | 'onNudge'>

export type DeliveriesRoom = Pick<Deliveries, 'state' | 'list'>

export type ResourcesRoom = Pick<
  Resources,
  | 'statistics'
  | 'list'
  | 'get'
  | 'getMany'
  | 'descendants'
  | 'ancestor'
  | 'remove'
  | 'setProtected'
  | 'header'
  | 'file'
  | 'verify'
>
