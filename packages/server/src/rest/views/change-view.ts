import { describeChange } from '../../changes/describe-change.ts'
import type { ChangePage } from '../../model/change.ts'
import type { View } from '../route.ts'

export function viewChanges({ changes, done, last }: ChangePage): View {
  const first = changes[0]
  return {
    Changes: changes.map(describeChange),
    Done: done,
    Last: last,
    ...(first !== undefined && { First: first.sequence }),
  }
}
