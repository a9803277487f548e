import { prefixOf } from '../instance-ids.ts'
import { type Row, toBytes, toUuid } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'

/** Keys of blobs that no row refers to any more and that are still to be removed. */
export function listRemovals(session: Session, limit: number): readonly string[] {
  return session.all('SELECT blob FROM removals LIMIT ?', limit).map((row) => toUuid(row.blob))
}

/** The blobs are gone. With them go the entries of their instances in the index of ids. */
export function forgetRemovals(session: Session, keys: readonly string[]): void {
  for (const key of keys) {
    const sql = 'DELETE FROM removals WHERE blob = ? RETURNING prefix, instance'
    const row = session.get(sql, toBytes(key))
    if (row?.instance != null) forgetId(session, row.prefix, Number(row.instance))
  }
}

/** Unless an instance with that entry has got that key by now. */
function forgetId(session: Session, prefix: Row[string] | undefined, instance: number): void {
  session.run(
    `DELETE FROM instance_ids WHERE prefix = ?1 AND instance = ?2
       AND NOT EXISTS (SELECT 1 FROM instances WHERE key = ?2 AND ${prefixOf('id')} = ?1)`,
    prefix as Uint8Array,
    instance,
  )
}
