import type { Happening } from '../model/change.ts'

/** What a reader of the feed is interested in; what is absent is no condition. */
export interface ChangeFilter {
  readonly types?: readonly Happening['type'][] | undefined
  readonly levels?: readonly Happening['level'][] | undefined
}

export const isWanted = (happening: Happening, { types, levels }: ChangeFilter): boolean =>
  (types?.includes(happening.type) ?? true) && (levels?.includes(happening.level) ?? true)
