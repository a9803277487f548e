import type { DeliveryAttempt, DeliveryPage, DeliveryState, LoggedAttempt } from '../../model/webhook.ts'
import type { Row } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'

export interface DeliveryRecord {
  readonly hook: string
  /** Every wanted change up to this sequence number was delivered. */
  readonly cursor: number
  readonly attempt?: DeliveryAttempt
  /** Attempts of this hook that are kept; the oldest ones go. */
  readonly kept: number
}

/** Moves the cursor of a hook and notes an attempt. */
export function recordDelivery(session: Session, { hook, cursor, attempt, kept }: DeliveryRecord): void {
  session.run(
    `INSERT INTO webhooks (name, cursor) VALUES (?1, ?2)
     ON CONFLICT (name) DO UPDATE SET cursor = max(cursor, ?2)`,
    hook,
    cursor,
  )
  if (attempt === undefined) return
  session.run(
    `INSERT INTO deliveries (hook, id, sequence, attempt, date, milliseconds, status, error)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    hook,
    attempt.deliveryId,
    attempt.sequence,
    attempt.attempt,
    attempt.date,
    attempt.milliseconds,
    attempt.httpStatus ?? null,
    attempt.error ?? null,
  )
  session.run(
    `DELETE FROM deliveries WHERE hook = ?1 AND key <=
       (SELECT key FROM deliveries WHERE hook = ?1 ORDER BY key DESC LIMIT 1 OFFSET ?2)`,
    hook,
    kept,
  )
}

/** Undefined for a hook that has not begun. */
export function readDeliveryState(session: Session, hook: string): DeliveryState | undefined {
  const row = session.get('SELECT cursor FROM webhooks WHERE name = ?', hook)
  if (row === undefined) return undefined
  const failure = session.get(
    'SELECT * FROM deliveries WHERE hook = ? AND error IS NOT NULL ORDER BY key DESC LIMIT 1',
    hook,
  )
  return { cursor: Number(row.cursor), lastFailure: failure && toAttempt(failure) }
}

export interface DeliveryQuery {
  readonly hook: string
  /** Key after which to start. */
  readonly since: number
  readonly limit: number
}

/** A page of the log, oldest first. */
export function listDeliveries(session: Session, { hook, since, limit }: DeliveryQuery): DeliveryPage {
  const rows = session.all(
    'SELECT * FROM deliveries WHERE hook = ? AND key > ? ORDER BY key LIMIT ?',
    hook,
    since,
    limit + 1,
  )
  const attempts = rows.slice(0, limit).map(toAttempt)
  return { attempts, done: rows.length <= limit, last: attempts.at(-1)?.key ?? since }
}

const toAttempt = (row: Row): LoggedAttempt => ({
  key: Number(row.key),
  deliveryId: String(row.id),
  sequence: Number(row.sequence),
  attempt: Number(row.attempt),
  date: String(row.date),
  milliseconds: Number(row.milliseconds),
  httpStatus: row.status === null ? undefined : Number(row.status),
  error: row.error === null ? undefined : String(row.error),
})
