import type { ChangeType } from '../../model/change.ts'
import { tableOf } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import type { AncestorLevel } from './insert-ancestor.ts'
import { recordChange } from './record-change.ts'

/** From below: a resource becomes stable after what lies in it. */
const stabilities: readonly { readonly level: AncestorLevel; readonly type: ChangeType }[] = [
  { level: 'Series', type: 'StableSeries' },
  { level: 'Study', type: 'StableStudy' },
  { level: 'Patient', type: 'StablePatient' },
]

const unstable = (columns: string, condition: string): string =>
  stabilities
    .map(
      ({ level }, rank) => `SELECT ${rank} AS rank, ${columns} FROM ${tableOf[level]}
        WHERE unstable = 1 ${condition}`,
    )
    .join(' UNION ALL ')

const oldest = stabilities
  .map(({ level }) => `(SELECT min(last_update) FROM ${tableOf[level]} WHERE unstable = 1) AS ${level}`)
  .join(', ')

/** Date of the last arrival of what is unstable longest, `YYYYMMDDTHHMMSS`; undefined when all is stable. */
export function oldestUnstable(session: Session): string | undefined {
  const row = session.get(`SELECT ${oldest}`)
  const dates = stabilities.flatMap(({ level }) => {
    const date = row?.[level] ?? null
    return date === null ? [] : [String(date)]
  })
  return dates.sort()[0]
}

export interface QuietPeriod {
  /** What had its last instance until then has become stable; `YYYYMMDDTHHMMSS`, as are all dates. */
  readonly until: string
  /** Date of the changes. */
  readonly date: string
  /** The most resources that become stable in one transaction. */
  readonly limit: number
}

/** Records the changes of what has become stable, the longest quiet first. Gives the number of changes. */
export function recordStable(session: Session, { until, date, limit }: QuietPeriod): number {
  const due = session.all(
    `${unstable('key, id, last_update', 'AND last_update <= ?1')} ORDER BY last_update, rank, key LIMIT ?2`,
    until,
    limit,
  )
  for (const row of due) {
    const stability = stabilities[Number(row.rank)]
    if (stability === undefined || !(row.id instanceof Uint8Array)) throw new Error('No row of a resource')
    const key = Number(row.key)
    recordChange(session, stability.type, stability.level, { key, id: row.id }, date)
    session.run(`UPDATE ${tableOf[stability.level]} SET unstable = 0 WHERE key = ?`, key)
  }
  return due.length
}
