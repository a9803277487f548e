import { type Level, levels, parentLevel } from '../../model/level.ts'
import { type Metadata, systemMetadata } from '../../model/metadata.ts'
import type { TagValues } from '../../model/resource.ts'
import { levelCode, type Row, tableOf, toId } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'

/** What is wanted of rows besides key and id. */
export interface RowNeeds {
  /** Levels, at or above that of the rows, whose tags are wanted. */
  readonly tags: ReadonlySet<Level>
  /** Levels above that of the rows whose keys are wanted. */
  readonly keys: ReadonlySet<Level>
  readonly metadata: boolean
}

export interface SearchRow {
  readonly key: number
  readonly id: string
  readonly tags: Readonly<Partial<Record<Level, TagValues>>>
  /** Of the row itself, and of the ancestors asked for. */
  readonly keys: Readonly<Partial<Record<Level, number>>>
  readonly metadata: Metadata
}

interface RowReader {
  readonly sql: string
  read(row: Row): SearchRow
}

/** Reads rows by their keys; the statement and its reading are made once for each search. */
export function createRowReader(
  session: Session,
  level: Level,
  needs: RowNeeds,
): (keys: readonly number[]) => readonly SearchRow[] {
  const { sql, read } = makeReader(level, needs)
  return (keys) => {
    const rows = new Map(
      session.all(sql, JSON.stringify(keys)).map((row) => {
        const found = read(row)
        return [found.key, found]
      }),
    )
    return keys.flatMap((key) => rows.get(key) ?? [])
  }
}

function makeReader(level: Level, needs: RowNeeds): RowReader {
  const tagLevels = levels.filter((each) => needs.tags.has(each))
  const keyLevels = levels.filter((each) => needs.keys.has(each) && each !== level)
  const top = Math.min(levelCode(level), ...[...tagLevels, ...keyLevels].map(levelCode))
  const name = (each: Level) => (each === level ? 't' : tableOf[each])
  const columns = [
    't.key AS key',
    't.id AS id',
    ...tagLevels.map((each) => `${name(each)}.tags AS ${each}Tags`),
    ...keyLevels.map((each) => `${name(each)}.key AS ${each}Key`),
    ...(needs.metadata ? metadataColumns(level) : []),
  ]
  const sql = `SELECT ${columns.join(', ')} FROM ${tableOf[level]} t ${joins(level, top, name)}
    WHERE t.key IN (SELECT value FROM json_each(?))`
  return {
    sql,
    read: (row) => ({
      key: Number(row.key),
      id: toId(row.id),
      tags: Object.fromEntries(
        tagLevels.map((each) => [each, JSON.parse(String(row[`${each}Tags`])) as TagValues]),
      ),
      keys: Object.fromEntries([
        [level, Number(row.key)],
        ...keyLevels.map((each) => [each, Number(row[`${each}Key`])]),
      ]),
      metadata: needs.metadata ? readMetadata(row) : {},
    }),
  }
}

function joins(level: Level, top: number, name: (level: Level) => string): string {
  const parts: string[] = []
  let at = level
  while (levelCode(at) > top) {
    const above = parentLevel(at)
    if (above === undefined) break
    parts.push(`JOIN ${tableOf[above]} ON ${tableOf[above]}.key = ${name(at)}.parent`)
    at = above
  }
  return parts.join(' ')
}

function metadataColumns(level: Level): readonly string[] {
  if (level === 'Instance') return ['t.metadata AS metadata']
  const common = ['t.metadata AS metadata', 't.last_update AS lastUpdate']
  return level === 'Patient' ? [...common, 't.protected AS protected'] : common
}

function readMetadata(row: Row): Metadata {
  const metadata: Record<number, string> = { ...(JSON.parse(String(row.metadata)) as Metadata) }
  if (row.lastUpdate !== undefined) metadata[systemMetadata.LastUpdate] = String(row.lastUpdate)
  if (row.protected === 1) metadata[systemMetadata.IsProtected] = 'true'
  return metadata
}
