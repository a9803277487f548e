import type { Level } from '../model/level.ts'

/** SQL: what of an id is in the index of instances. Two instances that share it are rare, and harmless. */
export const prefixOf = (id: string): string => `substr(${id}, 1, 6)`

/**
 * SQL: the row of a level has that id; `id` is a parameter. Entries of deleted instances stay in the index for a while,
 * and their keys may be those of other instances by then: the whole id decides.
 */
export function hasId(level: Level, row: string, id: string): string {
  const isIt = `${row}.id = ${id}`
  return level === 'Instance' ? `${keyIn(row, `= ${prefixOf(id)}`)} AND ${isIt}` : isIt
}

/** SQL: the row of a level has one of the ids in a parameter, a JSON array of their hexadecimal digits. */
export function hasIdIn(level: Level, row: string, ids: string): string {
  const list = (value: string) => `IN (SELECT ${value} FROM json_each(${ids}))`
  const isOne = `${row}.id ${list('unhex(value)')}`
  return level === 'Instance' ? `${keyIn(row, list(prefixOf('unhex(value)')))} AND ${isOne}` : isOne
}

const keyIn = (row: string, prefix: string): string =>
  `${row}.key IN (SELECT instance FROM instance_ids WHERE prefix ${prefix})`
