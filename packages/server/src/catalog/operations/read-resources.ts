import { type Level, levels, parentLevel } from '../../model/level.ts'
import type { Metadata } from '../../model/metadata.ts'
import { systemMetadata } from '../../model/metadata.ts'
import type { InstanceFile, Resource, Statistics, TagValues } from '../../model/resource.ts'
import { hasId } from '../instance-ids.ts'
import { joinedBytes, levelCode, type Row, tableOf, toBytes, toId, toIds } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { findKey } from './find-key.ts'
import { readFile } from './read-file.ts'
import { splitTags } from './study-tags.ts'

const columnsOf: Readonly<Record<Level, string>> = {
  Patient: 'NULL AS parent_id, r.tags, r.metadata, r.last_update, r.unstable, r.protected',
  Study: 'p.id AS parent_id, r.tags, r.metadata, r.last_update, r.unstable',
  Series: 'p.id AS parent_id, r.tags, r.metadata, r.last_update, r.unstable',
  Instance:
    'p.id AS parent_id, r.tags, r.metadata, r.blob, r.size, r.md5, r.compressed_size, r.compressed_md5',
}

function selectResource(level: Level): string {
  const above = parentLevel(level)
  const join = above === undefined ? '' : `JOIN ${tableOf[above]} p ON p.key = r.parent`
  return `SELECT ${columnsOf[level]} FROM ${tableOf[level]} r ${join} WHERE ${hasId(level, 'r', '?1')}`
}

export interface StoredResource extends Resource {
  /** UTC, `YYYYMMDDTHHMMSS`; undefined for instances. */
  readonly lastUpdate: string | undefined
  /** The patient as the first file of a study has it; undefined for other levels, and for studies of old catalogs. */
  readonly patientMainTags: TagValues | undefined
}

export function getResource(session: Session, level: Level, id: string): StoredResource | undefined {
  const row = session.get(selectResource(level), toBytes(id))
  if (row === undefined) return undefined
  const lastUpdate = row.last_update === undefined ? undefined : String(row.last_update)
  return {
    level,
    id,
    parentId: row.parent_id === null ? undefined : toId(row.parent_id),
    ...splitTags(JSON.parse(String(row.tags)) as TagValues),
    metadata: readMetadata(row, lastUpdate),
    lastUpdate,
    isProtected: row.protected === 1,
    isStable: row.unstable !== 1,
    file: level === 'Instance' ? readFile(row) : undefined,
  }
}

function readMetadata(row: Row, lastUpdate: string | undefined): Metadata {
  const metadata = JSON.parse(String(row.metadata)) as Metadata
  return lastUpdate === undefined ? metadata : { ...metadata, [systemMetadata.LastUpdate]: lastUpdate }
}

/** What it takes to read an instance's file, without the rest of its row. */
export interface FileLocation extends InstanceFile {
  readonly transferSyntaxUid: string
  /** Of the Pixel Data element in the file; undefined when there is none, or when it is compressed away. */
  readonly pixelDataOffset: number | undefined
}

export function locateFile(session: Session, id: string): FileLocation | undefined {
  const sql = `SELECT blob, size, md5, compressed_size, compressed_md5, json_extract(metadata, '$."${systemMetadata.TransferSyntax}"') AS syntax,
    json_extract(metadata, '$."${systemMetadata.PixelDataOffset}"') AS pixels FROM instances t WHERE ${hasId('Instance', 't', '?1')}`
  const row = session.get(sql, toBytes(id))
  if (row === undefined) return undefined
  return {
    ...readFile(row),
    transferSyntaxUid: String(row.syntax),
    pixelDataOffset: row.pixels === null ? undefined : Number(row.pixels),
  }
}

export function hasInstance(session: Session, id: string): boolean {
  return findKey(session, 'Instance', id) !== undefined
}

export function hasBlob(session: Session, key: string): boolean {
  const sql = `SELECT 1 FROM instances WHERE blob = ?1 UNION ALL SELECT 1 FROM attachments WHERE blob = ?1
    UNION ALL SELECT 1 FROM job_parts WHERE blob = ?1`
  return session.get(sql, toBytes(key)) !== undefined
}

/** In order of arrival; `limit` 0 means all. */
export function listResources(
  session: Session,
  level: Level,
  page: { readonly since: number; readonly limit: number },
): readonly string[] {
  const sql = `SELECT id FROM ${tableOf[level]} ORDER BY key LIMIT ? OFFSET ?`
  return session.all(sql, page.limit === 0 ? -1 : page.limit, page.since).map((row) => toId(row.id))
}

/** Ids at a lower level, in order of arrival; undefined for an unknown resource. */
export function listDescendants(
  session: Session,
  level: Level,
  id: string,
  of: Level,
): readonly string[] | undefined {
  const path = levels.slice(levelCode(level) + 1, levelCode(of) + 1).toReversed()
  const [lowest, ...between] = path.map((each) => tableOf[each])
  if (lowest === undefined) throw new Error(`${of} is not below ${level}`)
  let below = lowest
  const joins = between.map((table) => {
    const join = `JOIN ${table} ON ${table}.key = ${below}.parent`
    below = table
    return join
  })
  const sql = `SELECT (SELECT ${joinedBytes(`${lowest}.id`, `ORDER BY ${lowest}.key`)}
      FROM ${lowest} ${joins.join(' ')} WHERE ${below}.parent = top.key) AS ids
    FROM ${tableOf[level]} top WHERE ${hasId(level, 'top', '?1')}`
  const row = session.get(sql, toBytes(id))
  return row && toIds(row.ids)
}

/** Number of instances below each other kind, as kept by every write: no counting of rows. */
export function readStatistics(session: Session): Statistics {
  const row = session.get(
    'SELECT patients, studies, series, instances, bytes, uncompressed_bytes FROM totals',
  )
  if (row === undefined) throw new Error('The catalog has lost its totals')
  return {
    patients: Number(row.patients),
    studies: Number(row.studies),
    series: Number(row.series),
    instances: Number(row.instances),
    diskSize: BigInt(Math.round(Number(row.bytes))),
    uncompressedSize: BigInt(Math.round(Number(row.uncompressed_bytes))),
  }
}

const firstBelow: Readonly<Record<Level, string>> = {
  Patient: 'SELECT key FROM studies WHERE parent = ? ORDER BY key LIMIT 1',
  Study: 'SELECT key FROM series WHERE parent = ? ORDER BY key LIMIT 1',
  Series: 'SELECT key FROM instances WHERE parent = ? ORDER BY key LIMIT 1',
  Instance: '',
}

/** The id of the instance that came first of the first child's first child; undefined for an unknown resource. */
export function firstInstance(session: Session, level: Level, id: string): string | undefined {
  let key = findKey(session, level, id)
  for (const each of levels.slice(levelCode(level), -1)) {
    if (key === undefined) return undefined
    const row = session.get(firstBelow[each], key)
    key = row === undefined ? undefined : Number(row.key)
  }
  if (key === undefined) return undefined
  return toId(session.get('SELECT id FROM instances WHERE key = ?', key)?.id)
}
