import type { Dictionary, Tag, Vr } from '@kingsfoil/dicom'
import type { Constraint, Folding } from './constraint.ts'
import { parseMatcher, type WildcardRule } from './matching/matcher.ts'

export interface ConstraintOptions {
  readonly dictionary: Dictionary
  readonly wildcards: WildcardRule
  readonly foldingOf: (vr: Vr) => Folding
}

/** The constraint that the text of a key makes. Errors: as `parseMatcher`. */
export function createConstraint(tag: Tag, text: string, options: ConstraintOptions): Constraint {
  const entry = options.dictionary.lookup(tag)
  const vr = entry?.vr ?? 'UN'
  return {
    tag,
    vr,
    isMultiple: entry?.vm !== '1',
    folding: options.foldingOf(vr),
    matcher: parseMatcher(text, tag, vr, options.wildcards),
  }
}
