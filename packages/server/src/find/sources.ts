import { formatTag } from '@kingsfoil/dicom'
import { afterPrefix, type KeySource } from '../catalog/search/key-source.ts'
import { foldTag, searchColumns, sopInstanceUidTag, wordTags } from '../catalog/search-columns.ts'
import { foldText } from '../model/fold-text.ts'
import type { Level } from '../model/level.ts'
import type { Constraint } from './constraint.ts'
import type { Matcher } from './matching/matcher.ts'
import { literalParts } from './matching/wildcard.ts'

type Values = Extract<Matcher, { readonly kind: 'values' }>

/** Lists of more ranges or words than this are better tested than looked up. */
const mostAlternatives = 64

/** Characters that the index of words needs. */
const trigram = 3

/** Characters of a text that are enough to look it up by. */
const longestPhrase = 48

/**
 * The indexes that give, for a constraint on a main tag of `level`, all rows that match it and few others. None when
 * every row has to be looked at.
 */
export function sourcesOf(constraint: Constraint, level: Level): readonly KeySource[] {
  const { matcher } = constraint
  const tag = formatTag(constraint.tag)
  const column = searchColumns[level].find((each) => each.tag === tag)?.column
  if (matcher.kind === 'range' && column !== undefined) {
    const range = { from: matcher.low ?? '\u0001', below: afterPrefix(matcher.high ?? '') }
    return [{ kind: 'ranges', level, column, ranges: [range] }]
  }
  if (matcher.kind !== 'values') return []
  if (level === 'Instance') {
    const isUid = tag === sopInstanceUidTag && matcher.patterns.length === 0
    return isUid ? [{ kind: 'sopInstance', level, uids: matcher.exact }] : []
  }
  const byColumn = column === undefined ? undefined : columnSource(matcher, tag, level, column)
  const byWords = wordTags[level].includes(tag) ? wordSource(matcher, level) : undefined
  return [byColumn, byWords].filter((source) => source !== undefined)
}

function columnSource(
  matcher: Values,
  tag: string,
  level: Level,
  column: Extract<KeySource, { readonly kind: 'values' }>['column'],
): KeySource | undefined {
  const { exact, patterns } = matcher
  const isName = column === 'patient_name'
  if (patterns.length === 0 && !isName) {
    return { kind: 'values', level, column, values: exact.map((value) => foldTag(tag, value)) }
  }
  // A name may be asked for by its ideographic or phonetic group, which does not come first.
  if (isName && [...exact, ...patterns].some((value) => /[^ -~]/.test(value))) return undefined
  const prefixes = [...exact, ...patterns.map((pattern) => pattern.slice(0, pattern.search(/[*?]/)))]
  const folded = prefixes.map((prefix) => foldTag(tag, prefix))
  if (folded.some((prefix) => prefix === '') || folded.length > mostAlternatives) return undefined
  const ranges = folded.map((prefix, index) => ({
    from: prefix,
    // Further groups of a name begin with "=", behind which come letters.
    below: index < exact.length && isName ? `${prefix}>` : afterPrefix(prefix),
  }))
  return { kind: 'ranges', level, column, ranges }
}

function wordSource({ exact, patterns }: Values, level: Exclude<Level, 'Instance'>): KeySource | undefined {
  const parts = [...exact.map((value) => [value]), ...patterns.map(literalParts)]
  if (parts.length > mostAlternatives) return undefined
  const alternatives = parts.map((each) =>
    each.map(foldText).flatMap((part) => {
      const characters = [...part].slice(0, longestPhrase)
      return characters.length < trigram ? [] : [characters.join('')]
    }),
  )
  if (alternatives.some((phrases) => phrases.length === 0)) return undefined
  return { kind: 'words', level, alternatives: alternatives.map((phrases) => phrases.slice(0, 4)) }
}
