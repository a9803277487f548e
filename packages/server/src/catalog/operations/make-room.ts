import { toBytes, toId } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { countInstances, deleteResource } from './delete-resource.ts'
import { oldestPatient } from './recycling-order.ts'

/** What may be stored; 0 means as much as there is room for. */
export interface Capacity {
  readonly bytes: number
  readonly patients: number
  readonly mode: 'Recycle' | 'Reject'
}

/** A patient that has to be deleted first, because it is too large to go in the same transaction. */
export interface RecycleFirst {
  readonly patient: string
  /** It must not be deleted when it has another turn by then. */
  readonly turn: number
}

export interface Newcomer {
  readonly patient: string
  /** Bytes, less those of an instance that it replaces. */
  readonly added: number
  /** The most instances that are deleted in one transaction. */
  readonly slice: number
}

interface Need {
  readonly capacity: Capacity
  readonly ownKey: number | undefined
  readonly added: number
}

/**
 * Makes room for an instance, by deleting the oldest patients when the capacity says so; never the newcomer's own, and
 * none at all when that would not be enough. To be called in the transaction that stores the instance.
 */
export function makeRoom(
  session: Session,
  capacity: Capacity,
  { patient, added, slice }: Newcomer,
): 'Enough' | 'Recycled' | 'Full' | RecycleFirst {
  const row = session.get('SELECT key FROM patients WHERE id = ?', toBytes(patient))
  const need: Need = { capacity, ownKey: row && Number(row.key), added }
  if (fits(need, readTotals(session))) return 'Enough'
  if (capacity.mode === 'Reject') return 'Full'
  session.run('SAVEPOINT recycling')
  const outcome = recycle(session, need, slice)
  if (outcome === 'Full') session.run('ROLLBACK TO recycling')
  session.run('RELEASE recycling')
  return outcome
}

function recycle(session: Session, need: Need, slice: number): 'Recycled' | 'Full' | RecycleFirst {
  let left = slice
  while (!fits(need, readTotals(session))) {
    const oldest = oldestPatient(session, need.ownKey)
    if (oldest === undefined) return 'Full'
    left -= countInstances(session, 'Patient', oldest.key, left + 1)
    const patient = toId(oldest.id)
    if (left < 0) return fits(need, readLasting(session, need)) ? { patient, turn: oldest.turn } : 'Full'
    deleteResource(session, { level: 'Patient', id: patient })
  }
  return 'Recycled'
}

interface Totals {
  readonly bytes: number
  readonly patients: number
}

function fits({ capacity, ownKey, added }: Need, totals: Totals): boolean {
  const isNew = Number(ownKey === undefined)
  const bytesFit = capacity.bytes === 0 || totals.bytes + added <= capacity.bytes
  return bytesFit && (capacity.patients === 0 || totals.patients + isNew <= capacity.patients)
}

function readTotals(session: Session): Totals {
  const row = session.get('SELECT bytes, patients FROM totals')
  return { bytes: Number(row?.bytes), patients: Number(row?.patients) }
}

/** What would be left if every patient that may be recycled were. */
function readLasting(session: Session, { ownKey }: Need): Totals {
  const row = session.get(
    `SELECT count(DISTINCT p.key) AS patients, total(i.size) AS bytes FROM patients p
      JOIN studies st ON st.parent = p.key JOIN series se ON se.parent = st.key JOIN instances i ON i.parent = se.key
      WHERE p.key IN (SELECT key FROM patients WHERE turn IS NULL UNION SELECT ?)`,
    ownKey ?? -1,
  )
  return { bytes: Number(row?.bytes), patients: Number(row?.patients) }
}
