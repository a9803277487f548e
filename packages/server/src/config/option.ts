import type { ValueType } from './value-type.ts'

/**
 * - `effective`: the server does what it says.
 * - `planned`: known and checked, but nothing happens yet; another value than the default gets a warning.
 * - `inapplicable`: tunes something that this server has no counterpart of; accepted without a word.
 */
export type OptionStatus = 'effective' | 'planned' | 'inapplicable'

/** One row of the configuration: everything else (types, checks, documentation) derives from it. */
export interface Option<T> {
  readonly type: ValueType<T>
  /** As it would stand in the file; undefined: the option is absent. */
  readonly default: unknown
  readonly doc: string
  readonly status: OptionStatus
}

type Row = <T>(type: ValueType<T>, byDefault: unknown, doc: string) => Option<T>

const rowOf =
  (status: OptionStatus): Row =>
  (type, byDefault, doc) => ({ type, default: byDefault, doc, status })

export const effective = rowOf('effective')
export const planned = rowOf('planned')
export const inapplicable = rowOf('inapplicable')

/** The same row, for an option that is undefined when it is absent. */
export function absent<T>(row: Row, type: ValueType<T>, doc: string): Option<T | undefined> {
  return row<T | undefined>(type, undefined, doc)
}
