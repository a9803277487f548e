import type { Change, ChangePage } from '../../model/change.ts'
import { resourcePath } from '../../model/level.ts'
import type { View } from '../route.ts'

const viewChange = (change: Change): View => ({
  ChangeType: change.type,
  Date: change.date,
  ID: change.resourceId,
  Path: resourcePath(change.level, change.resourceId),
  ResourceType: change.level,
  Seq: change.sequence,
})

export function viewChanges({ changes, done, last }: ChangePage): View {
  const first = changes[0]
  return {
    Changes: changes.map(viewChange),
    Done: done,
    Last: last,
    ...(first !== undefined && { First: first.sequence }),
  }
}
