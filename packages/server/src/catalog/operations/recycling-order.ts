import type { Session } from '../sqlite/session.ts'

/** SQL: the turn of the youngest patient. */
export const nextTurn = '(SELECT coalesce(max(turn), 0) + 1 FROM patients)'

export interface Turn {
  readonly key: number
  readonly id: Uint8Array
  readonly turn: number
}

/** Whose turn to be recycled it is, among those that are not protected. */
export function oldestPatient(session: Session, except: number | undefined): Turn | undefined {
  const row = session.get(
    'SELECT key, id, turn FROM patients WHERE turn >= 0 AND key <> ? ORDER BY turn LIMIT 1',
    except ?? -1,
  )
  if (row === undefined || !(row.id instanceof Uint8Array)) return undefined
  return { key: Number(row.key), id: row.id, turn: Number(row.turn) }
}

export function isYoungest(session: Session, turn: unknown): boolean {
  return turn === null || turn === session.get('SELECT max(turn) AS turn FROM patients')?.turn
}
