import { toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { nextTurn } from './recycling-order.ts'

/** A protected patient has no turn to be recycled; afterwards it is the youngest. False for an unknown patient. */
export function setProtected(
  session: Session,
  patient: { readonly id: string; readonly isProtected: boolean },
): boolean {
  const turn = patient.isProtected ? 'NULL' : `coalesce(turn, ${nextTurn})`
  const sql = `UPDATE patients SET protected = ?, turn = ${turn} WHERE id = ?`
  return session.run(sql, Number(patient.isProtected), toBytes(patient.id)) > 0
}
