import { toBytes, toUuid } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'

/** Keys of blobs that no row refers to any more and that are still to be removed. */
export function listRemovals(session: Session, limit: number): readonly string[] {
  return session.all('SELECT blob FROM removals LIMIT ?', limit).map((row) => toUuid(row.blob))
}

/** The blobs are gone. */
export function forgetRemovals(session: Session, keys: readonly string[]): void {
  for (const key of keys) session.run('DELETE FROM removals WHERE blob = ?', toBytes(key))
}
