import { childLevel, type Level, levels, parentLevel } from '../../model/level.ts'
import { type Metadata, systemMetadata } from '../../model/metadata.ts'
import type { TagValue, TagValues } from '../../model/resource.ts'
import { idOfHex } from '../../model/resource-id.ts'
import { levelCode, tableOf } from '../sqlite/columns.ts'
import type { Columns, Session } from '../sqlite/session.ts'
import { idsOf, readIds } from './read-ids.ts'

/** What is wanted of rows besides key and id. */
export interface RowNeeds {
  /** Tags that are wanted, as `gggg,eeee`, by their level, at or above that of the rows. */
  readonly tags: ReadonlyMap<Level, ReadonlySet<string>>
  /** Levels above that of the rows whose keys are wanted. */
  readonly keys: ReadonlySet<Level>
  readonly metadata: boolean
}

export interface SearchRow {
  readonly key: number
  readonly id: string
  /** Those that are wanted, and maybe more. */
  readonly tags: Readonly<Partial<Record<Level, TagValues>>>
  /** Of the row itself, and of the ancestors asked for. */
  readonly keys: Readonly<Partial<Record<Level, number>>>
  readonly metadata: Metadata
}

/** Rows come in the order of the keys. */
type RowReader = (keys: readonly number[]) => readonly SearchRow[]

/** Reads rows by their keys; the statement is made once for each search. */
export function createRowReader(session: Session, level: Level, needs: RowNeeds): RowReader {
  const read = asksForIds(level, needs) ? bareReader(session, level) : fullReader(session, level, needs)
  return (keys) => {
    const rows = read(keys)
    if (isAscending(keys)) return rows
    const byKey = new Map(rows.map((row) => [row.key, row]))
    return keys.flatMap((key) => byKey.get(key) ?? [])
  }
}

const asksForIds = (level: Level, { tags, keys, metadata }: RowNeeds): boolean =>
  tags.size === 0 && !metadata && levels.every((each) => each === level || !keys.has(each))

const bareReader =
  (session: Session, level: Level): RowReader =>
  (keys) =>
    readIds(session, level, keys).map(({ key, id }) => ({
      key,
      id,
      tags: {},
      keys: { [level]: key },
      metadata: {},
    }))

function fullReader(session: Session, level: Level, needs: RowNeeds): RowReader {
  const tagColumns = tagColumnsOf(needs)
  const keyLevels = levels.filter((each) => needs.keys.has(each) && each !== level)
  const sql = selectRows(level, tagColumns, keyLevels, needs.metadata)
  const paths = tagColumns.flatMap(({ tag }) => (tag === undefined ? [] : [`$."${tag}"`]))
  const read = (columns: Columns): SearchRow => {
    let at = 2
    const key = Number(columns[0])
    const tags: Partial<Record<Level, Record<string, TagValue>>> = {}
    for (const { level: each, tag } of tagColumns) {
      const text = columns[at++]
      if (tag === undefined) tags[each] = JSON.parse(String(text)) as Record<string, TagValue>
      else if (text !== null) {
        tags[each] ??= {}
        tags[each][tag] = JSON.parse(String(text)) as TagValue
      }
    }
    const keys: Partial<Record<Level, number>> = { [level]: key }
    for (const each of keyLevels) keys[each] = Number(columns[at++])
    const metadata = needs.metadata ? readMetadata(columns.slice(at)) : {}
    return { key, id: idOfHex(String(columns[1])), tags, keys, metadata }
  }
  return (keys) => session.list(sql, ...paths, JSON.stringify(keys)).map(read)
}

interface TagColumn {
  readonly level: Level
  /** Undefined for all of the level. */
  readonly tag: string | undefined
}

/** So few values are taken out of the text by SQLite: reading all would take twice the time and five times the memory. */
const fewTags = 3

const tagColumnsOf = ({ tags }: RowNeeds): readonly TagColumn[] =>
  levels.flatMap((level): readonly TagColumn[] => {
    const wanted = [...(tags.get(level) ?? [])]
    return wanted.length > fewTags ? [{ level, tag: undefined }] : wanted.map((tag) => ({ level, tag }))
  })

export const isAscending = (keys: readonly number[]): boolean =>
  keys.every((key, index) => index === 0 || key > (keys[index - 1] ?? key))

/** The key of an ancestor stands with its child; rows of which nothing else is wanted come from an index alone. */
function selectRows(
  level: Level,
  tagColumns: readonly TagColumn[],
  keyLevels: readonly Level[],
  withMetadata: boolean,
): string {
  const below = keyLevels.map((each) => childLevel(each) ?? level)
  const tagLevels = tagColumns.map((column) => column.level)
  const top = Math.min(levelCode(level), ...[...tagLevels, ...below].map(levelCode))
  const name = (each: Level) => (each === level ? 't' : tableOf[each])
  const columns = [
    't.key, lower(hex(t.id))',
    ...tagColumns.map((column) => `${name(column.level)}.tags${column.tag === undefined ? '' : ' -> ?'}`),
    ...below.map((each) => `${name(each)}.parent`),
    ...(withMetadata ? [metadataColumns[level]] : []),
  ]
  const source = (each: Level) =>
    tagLevels.includes(each) || (each === level && withMetadata)
      ? `${tableOf[each]} ${name(each)}`
      : idsOf[each](name(each))
  return `SELECT ${columns.join(', ')} FROM ${source(level)} ${joins(level, top, name, source)}
    WHERE t.key IN (SELECT value FROM json_each(?)) ORDER BY t.key`
}

function joins(
  level: Level,
  top: number,
  name: (level: Level) => string,
  source: (level: Level) => string,
): string {
  const parts: string[] = []
  let at = level
  while (levelCode(at) > top) {
    const above = parentLevel(at)
    if (above === undefined) break
    parts.push(`JOIN ${source(above)} ON ${name(above)}.key = ${name(at)}.parent`)
    at = above
  }
  return parts.join(' ')
}

const metadataColumns: Readonly<Record<Level, string>> = {
  Patient: 't.metadata, t.last_update, t.protected',
  Study: 't.metadata, t.last_update',
  Series: 't.metadata, t.last_update',
  Instance: 't.metadata',
}

function readMetadata([text, lastUpdate, isProtected]: Columns): Metadata {
  const metadata: Record<number, string> = { ...(JSON.parse(String(text)) as Metadata) }
  if (lastUpdate !== undefined) metadata[systemMetadata.LastUpdate] = String(lastUpdate)
  if (isProtected === 1) metadata[systemMetadata.IsProtected] = 'true'
  return metadata
}
