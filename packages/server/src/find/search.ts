import type { Tag } from '@kingsfoil/dicom'
import type { Level } from '../model/level.ts'
import type { Constraint } from './constraint.ts'
import type { Matcher } from './matching/matcher.ts'

export interface OrderTerm {
  readonly by:
    | { readonly kind: 'tag'; readonly tag: Tag }
    | { readonly kind: 'metadata'; readonly number: number }
  readonly as: 'text' | 'number'
  readonly direction: 'ascending' | 'descending'
}

export interface LabelQuery {
  readonly labels: readonly string[]
  /** `None` of no labels: resources without any. */
  readonly constraint: 'All' | 'Any' | 'None'
}

/** What to look for. */
export interface Search {
  readonly level: Level
  readonly constraints: readonly Constraint[]
  /** Resources of which what is found must be below. */
  readonly ancestors: readonly { readonly level: Level; readonly id: string }[]
  readonly labels: LabelQuery | undefined
  readonly metadata: readonly { readonly number: number; readonly matcher: Matcher }[]
  /** Without any: in order of arrival. */
  readonly order: readonly OrderTerm[]
  /** What is found is left out at the start. */
  readonly since: number
  /** 0: all. */
  readonly limit: number
}

/** For all that meets the constraints, in order of arrival. */
export const searchFor = (level: Level, constraints: readonly Constraint[]): Search => ({
  level,
  constraints,
  ancestors: [],
  labels: undefined,
  metadata: [],
  order: [],
  since: 0,
  limit: 0,
})
