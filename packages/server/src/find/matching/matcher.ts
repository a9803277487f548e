import { formatTag, type Tag, type Vr } from '@kingsfoil/dicom'
import { DomainError } from '../../model/domain-error.ts'
import { limits } from '../../model/limits.ts'
import type { Constraint } from '../constraint.ts'
import { hasWildcard } from './wildcard.ts'

/** What a key of a query asks of a value (PS3.4 C.2.2.2). */
export type Matcher =
  | { readonly kind: 'universal' }
  /** Any of them; those with `*` or `?` are patterns. */
  | { readonly kind: 'values'; readonly exact: readonly string[]; readonly patterns: readonly string[] }
  /** Ends included; an end that is not given is open. */
  | { readonly kind: 'range'; readonly low: string | undefined; readonly high: string | undefined }
  /** All of them, in one item. */
  | { readonly kind: 'sequence'; readonly constraints: readonly Constraint[] }

export const universal: Matcher = { kind: 'universal' }

/** PS3.4 C.2.2.2.4: VRs whose values may be asked for with wildcards. */
const wildcardVrs: ReadonlySet<Vr> = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT'])

export const isTextVr = (vr: Vr): boolean => wildcardVrs.has(vr)

/** PS3.4 C.2.2.2.5. */
const rangeVrs: ReadonlySet<Vr> = new Set(['DA', 'TM', 'DT'])

/**
 * - `strict`: wildcards in other VRs than those of text are an error.
 * - `lenient`: `*` alone asks for nothing, whatever the VR, and other wildcards are taken as such.
 */
export type WildcardRule = 'strict' | 'lenient'

/** Reads the text of a key. Errors: `ParameterOutOfRange`, `BadRequest`. */
export function parseMatcher(text: string, tag: Tag, vr: Vr, rule: WildcardRule): Matcher {
  const values = text
    .split('\\')
    .map((value) => value.trim())
    .filter((value) => value !== '')
  if (values.length === 0) return universal
  const [only] = values
  if (values.length === 1 && only !== undefined) {
    const range = rangeVrs.has(vr) ? parseRange(only, vr) : undefined
    if (range !== undefined) return range
    if (rule === 'lenient' && !isTextVr(vr) && /^\*+$/.test(only)) return universal
  }
  const patterns = values.filter(hasWildcard)
  if (patterns.length > 0 && rule === 'strict' && !isTextVr(vr)) {
    throw new DomainError('ParameterOutOfRange', `Wildcards are not allowed on tag ${formatTag(tag)}`)
  }
  const tooLong = patterns.some((pattern) => pattern.length > limits.wildcardCharacters)
  if (tooLong)
    throw new DomainError('BadRequest', `A wildcard has more than ${limits.wildcardCharacters} characters`)
  return { kind: 'values', exact: values.filter((value) => !hasWildcard(value)), patterns }
}

function parseRange(text: string, vr: Vr): Matcher | undefined {
  const at = text.indexOf('-')
  if (at < 0 || (vr === 'DT' && isOffset(text))) return undefined
  const [low, high] = [text.slice(0, at).trim(), text.slice(at + 1).trim()]
  if (low === '' && high === '') return universal
  return { kind: 'range', low: low === '' ? undefined : low, high: high === '' ? undefined : high }
}

/** One date and time with its offset from UTC, at least -1200 (PS3.5 6.2), which no year is. */
const isOffset = (text: string): boolean => /^\d{4,14}(\.\d{1,6})?-(0\d|1[0-2])\d\d$/.test(text)
