import type { Level } from '../../model/level.ts'
import { joinedBytes, tableOf, toIds } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { toKeys } from './read-keys.ts'

/** For FROM and JOIN: the rows of a level where nothing but key, parent and id is asked for. No table is read. */
export const idsOf: Readonly<Record<Level, (alias: string) => string>> = {
  Patient: (alias) => `patients ${alias} INDEXED BY patients_ids`,
  Study: (alias) => `studies ${alias} INDEXED BY studies_ids`,
  Series: (alias) => `series ${alias} INDEXED BY series_ids`,
  // Ten million rows would pay for an index that saves little: those of a series lie side by side.
  Instance: (alias) => `${tableOf.Instance} ${alias}`,
}

export interface IdRow {
  readonly key: number
  readonly id: string
}

/** Rows in the order of their keys. They come together, as in `readKeys`. */
export function readIds(session: Session, level: Level, keys: readonly number[]): readonly IdRow[] {
  const sql = `SELECT group_concat(key), ${joinedBytes('id')} FROM (
      SELECT t.key, t.id FROM ${idsOf[level]('t')} WHERE t.key IN (SELECT value FROM json_each(?)) ORDER BY t.key
    )`
  const [found] = session.list(sql, JSON.stringify(keys))
  const ids = toIds(found?.[1])
  return toKeys(found?.[0]).map((key, index) => ({ key, id: ids[index] ?? '' }))
}
