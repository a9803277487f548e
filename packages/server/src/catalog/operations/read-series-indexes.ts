import { systemMetadata } from '../../model/metadata.ts'
import { toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'

/** What IndexInSeries says of each instance of a series, in order of arrival; undefined where there is none. */
export function readSeriesIndexes(session: Session, seriesId: string): readonly (string | undefined)[] {
  const sql = `SELECT json_extract(metadata, '$."${systemMetadata.IndexInSeries}"') AS position
    FROM instances WHERE parent = (SELECT key FROM series WHERE id = ?)`
  return session
    .all(sql, toBytes(seriesId))
    .map((row) => (row.position === null ? undefined : String(row.position)))
}
