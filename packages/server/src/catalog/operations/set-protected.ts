import { toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'

/** False for an unknown patient. */
export function setProtected(
  session: Session,
  patient: { readonly id: string; readonly isProtected: boolean },
): boolean {
  const sql = 'UPDATE patients SET protected = ? WHERE id = ?'
  return session.run(sql, Number(patient.isProtected), toBytes(patient.id)) > 0
}
