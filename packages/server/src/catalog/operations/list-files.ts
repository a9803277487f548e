import type { Level } from '../../model/level.ts'
import { asStored } from '../../model/resource.ts'
import { levelOfCode, type Row, toBytes, toId, toUuid } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { readFile } from './read-file.ts'

/** A blob and what the catalog says of it. */
export interface CatalogFile {
  readonly level: Level | 'Job'
  /** Of the resource or job that the blob belongs to. */
  readonly id: string
  readonly blobKey: string
  /** Of the blob: bytes, and MD5 in hexadecimal; undefined for parts of what a job made. */
  readonly size: number
  readonly md5: string | undefined
}

const columns = 'blob, size, md5, compressed_size, compressed_md5'

const sql = `SELECT 3 AS level, id, ${columns} FROM instances WHERE blob > ?1
  UNION ALL
  SELECT level, CASE level
      WHEN 0 THEN (SELECT id FROM patients WHERE key = resource)
      WHEN 1 THEN (SELECT id FROM studies WHERE key = resource)
      WHEN 2 THEN (SELECT id FROM series WHERE key = resource)
      ELSE (SELECT id FROM instances WHERE key = resource)
    END AS id, ${columns} FROM attachments WHERE blob > ?1
  UNION ALL
  SELECT NULL AS level, (SELECT id FROM jobs WHERE number = job) AS id, blob, size, NULL, NULL, NULL
    FROM job_parts WHERE blob > ?1
  ORDER BY blob LIMIT ?2`

/** Blobs after `after` (exclusive), ordered by key, for walks over the whole storage. */
export function listFiles(
  session: Session,
  after: string | undefined,
  limit: number,
): readonly CatalogFile[] {
  return session.all(sql, after === undefined ? new Uint8Array() : toBytes(after), limit).map((row) => {
    if (row.level === null) return toPart(row)
    const file = readFile(row)
    return {
      level: levelOfCode(row.level),
      id: toId(row.id),
      blobKey: file.blobKey,
      size: asStored(file).size,
      md5: asStored(file).md5,
    }
  })
}

const toPart = (row: Row): CatalogFile => ({
  level: 'Job',
  id: toUuid(row.id),
  blobKey: toUuid(row.blob),
  size: Number(row.size),
  md5: undefined,
})
