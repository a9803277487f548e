import type { Change, ChangeType } from '../model/change.ts'
import type { Level } from '../model/level.ts'

/** What a reader of the feed is interested in; what is absent is no condition. */
export interface ChangeFilter {
  readonly types?: readonly ChangeType[] | undefined
  readonly levels?: readonly Level[] | undefined
}

export const isWanted = (change: Change, { types, levels }: ChangeFilter): boolean =>
  (types?.includes(change.type) ?? true) && (levels?.includes(change.level) ?? true)
