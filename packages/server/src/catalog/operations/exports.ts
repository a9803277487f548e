import type { Export, ExportPage, NewExport } from '../../model/export.ts'
import type { Identifiers } from '../../model/resource-id.ts'
import { levelCode, levelOfCode, type Row, toBytes, toId } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'

export function recordExport(session: Session, sent: NewExport): void {
  session.run(
    'INSERT INTO exports (level, id, modality, identifiers, date) VALUES (?, ?, ?, ?, ?)',
    levelCode(sent.level),
    toBytes(sent.resourceId),
    sent.remote,
    JSON.stringify(sent.identifiers),
    sent.date,
  )
}

/** Ascending; `since` is exclusive, and undefined for the newest one alone. */
export function readExports(
  session: Session,
  { since, limit }: { readonly since: number | undefined; readonly limit: number },
): ExportPage {
  const rows =
    since === undefined
      ? session.all('SELECT * FROM exports ORDER BY sequence DESC LIMIT 1')
      : session.all('SELECT * FROM exports WHERE sequence > ? ORDER BY sequence LIMIT ?', since, limit + 1)
  const exports = rows.slice(0, since === undefined ? 1 : limit).map(toExport)
  const last = exports.at(-1)?.sequence ?? lastExport(session)
  return { exports, done: rows.length === exports.length, last }
}

/** The newest sequence number ever given, also when its row is gone. */
const lastExport = (session: Session): number =>
  Number(session.get(`SELECT seq FROM sqlite_sequence WHERE name = 'exports'`)?.seq ?? 0)

export function clearExports(session: Session): void {
  session.run('DELETE FROM exports')
}

const toExport = (row: Row): Export => ({
  sequence: Number(row.sequence),
  level: levelOfCode(row.level),
  resourceId: toId(row.id),
  remote: String(row.modality),
  identifiers: JSON.parse(String(row.identifiers)) as Partial<Identifiers>,
  date: String(row.date),
})
