import { formatTag } from '@kingsfoil/dicom'
import { foldAccents, foldCase, withoutPadding } from '../../model/fold-text.ts'
import type { TagValue, TagValues } from '../../model/resource.ts'
import type { Constraint, Folding } from '../constraint.ts'
import { isTextVr } from './matcher.ts'
import { matchesWildcard } from './wildcard.ts'

/** Undefined is a missing attribute, which only universal matching lets pass. */
export type ValueTest = (value: TagValue | undefined) => boolean

type TextTest = (text: string) => boolean

const folds: Readonly<Record<Folding, (text: string) => string>> = {
  none: (text) => text,
  case: foldCase,
  accents: foldAccents,
}

/** Makes the test of one key, which never fails: what cannot match does not. */
export function compileConstraint(constraint: Constraint): ValueTest {
  const { matcher } = constraint
  switch (matcher.kind) {
    case 'universal':
      return () => true
    case 'sequence':
      return matchSequence(matcher.constraints)
    case 'range':
      return onTexts(constraint, (text) => isWithin(text, matcher.low, matcher.high))
    case 'values':
      return onTexts(constraint, matchValues(matcher, foldOf(constraint)))
  }
}

const foldOf = ({ vr, folding }: Constraint): ((text: string) => string) =>
  isTextVr(vr) ? folds[folding] : folds.none

function matchValues(
  { exact, patterns }: { readonly exact: readonly string[]; readonly patterns: readonly string[] },
  fold: (text: string) => string,
): TextTest {
  const known = new Set(exact.map(fold))
  const folded = patterns.map(fold)
  return (text) => {
    const value = fold(text)
    return known.has(value) || folded.some((pattern) => matchesWildcard(pattern, value))
  }
}

/** An end of less precision takes in all that begins with it (PS3.4 C.2.2.2.5). */
const isWithin = (text: string, low: string | undefined, high: string | undefined): boolean =>
  text !== '' &&
  (low === undefined || text >= low) &&
  (high === undefined || text.slice(0, high.length) <= high)

function onTexts({ vr, isMultiple }: Constraint, test: TextTest): ValueTest {
  const one: TextTest = vr === 'PN' ? (text) => matchesName(text, test) : (text) => test(text.trim())
  return (value) => {
    if (typeof value !== 'string') return false
    return one(value) || (isMultiple && value.includes('\\') && value.split('\\').some(one))
  }
}

/** The whole name or one of its component groups (PS3.4 C.2.2.2.1.1), with or without delimiters at the end. */
function matchesName(name: string, test: TextTest): boolean {
  const groups = name.includes('=') ? [name, ...name.split('=')] : [name]
  return groups.some((group) => {
    const trimmed = group.trim()
    if (test(trimmed)) return true
    const bare = withoutPadding(trimmed)
    return bare !== trimmed && test(bare)
  })
}

/** One item has to match every key (PS3.4 C.2.2.2.6). */
function matchSequence(constraints: readonly Constraint[]): ValueTest {
  const tests = constraints
    .filter(({ matcher }) => matcher.kind !== 'universal')
    .map((constraint) => ({ tag: formatTag(constraint.tag), test: compileConstraint(constraint) }))
  if (tests.length === 0) return () => true
  const matches = (item: TagValues) => tests.every(({ tag, test }) => test(item[tag]))
  return (value) => Array.isArray(value) && value.some(matches)
}
