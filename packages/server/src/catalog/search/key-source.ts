import type { Level } from '../../model/level.ts'
import type { ColumnName } from '../search-columns.ts'

/** Folded texts from `from` on and below `below`. */
export interface TextRange {
  readonly from: string
  readonly below: string
}

/** A question that one index answers. Texts are folded as `foldTag` does. */
export type KeySource =
  | { readonly kind: 'resource'; readonly level: Level; readonly id: string }
  | { readonly kind: 'sopInstance'; readonly level: 'Instance'; readonly uids: readonly string[] }
  | {
      readonly kind: 'values'
      readonly level: Level
      readonly column: ColumnName
      readonly values: readonly string[]
    }
  | {
      readonly kind: 'ranges'
      readonly level: Level
      readonly column: ColumnName
      readonly ranges: readonly TextRange[]
    }
  | {
      readonly kind: 'words'
      readonly level: Exclude<Level, 'Instance'>
      /** Any of these; of each, all of its phrases. A phrase has three characters or more. */
      readonly alternatives: readonly (readonly string[])[]
    }
  | { readonly kind: 'labels'; readonly level: Level; readonly labels: readonly string[] }

/** Rows with one of some values. */
export type ValuesSource = Extract<KeySource, { readonly kind: 'values' }>

/** By a column of its own level. */
export type ColumnSource = Extract<KeySource, { readonly column: ColumnName }>

/** Behind every text that begins with `prefix`. */
export const afterPrefix = (prefix: string): string => `${prefix}\u{10ffff}`
