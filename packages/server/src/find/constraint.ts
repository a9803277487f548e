import type { Tag, Vr } from '@kingsfoil/dicom'
import type { Matcher } from './matching/matcher.ts'

/** Which differences between texts do not count. UIDs, dates and numbers are compared as they are. */
export type Folding = 'none' | 'case' | 'accents'

/** A key of a query with what it asks for. */
export interface Constraint {
  readonly tag: Tag
  readonly vr: Vr
  /** Whether the attribute may have several values (PS3.6 VM): one that matches is enough. */
  readonly isMultiple: boolean
  readonly folding: Folding
  readonly matcher: Matcher
}
