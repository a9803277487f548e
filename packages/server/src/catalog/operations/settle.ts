import { settledMark } from '../sqlite/database.ts'
import type { Session } from '../sqlite/session.ts'

/** Marks the catalog as one that tells all that its storage holds. */
export function settle(session: Session): void {
  session.run(`PRAGMA application_id = ${settledMark}`)
}
