import type { Happening } from '../model/change.ts'
import { resourcePath } from '../model/level.ts'

/** A change as those outside get it: in pages, as an event, or sent to them. */
export const describeChange = (change: Happening) => ({
  ChangeType: change.type,
  Date: change.date,
  ID: change.resourceId,
  Path: change.level === 'Job' ? `/jobs/${change.resourceId}` : resourcePath(change.level, change.resourceId),
  ResourceType: change.level,
  Seq: change.sequence,
})

/** The same as JSON on one line. */
export const formatChange = (change: Happening): string => JSON.stringify(describeChange(change))
