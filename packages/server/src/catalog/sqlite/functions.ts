import type { DatabaseSync } from 'node:sqlite'
import type { Level } from '../../model/level.ts'
import type { TagValues } from '../../model/resource.ts'
import { foldTag, uidHash, wordsOf } from '../search-columns.ts'

/** Functions that migrations use to fill new columns of rows that are there already. */
export function registerFunctions(database: DatabaseSync): void {
  const options = { deterministic: true, directOnly: true }
  database.function('search_value', options, (tags, tag) => {
    const value = parseTags(tags)[String(tag)]
    return typeof value === 'string' ? foldTag(String(tag), value) : ''
  })
  database.function('uid_hash_of', options, (uid) => uidHash(uid === null ? '' : String(uid)))
  database.function('words_of', options, (level, tags) => wordsOf(String(level) as Level, parseTags(tags)))
}

const parseTags = (tags: unknown): TagValues => JSON.parse(String(tags)) as TagValues
