import type { Level } from '../../model/level.ts'
import type { Metadata } from '../../model/metadata.ts'
import type { TagValues } from '../../model/resource.ts'
import { searchColumns, searchValues, wordsOf, wordTableOf } from '../search-columns.ts'
import { tableOf } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { nextTurn } from './recycling-order.ts'

export type AncestorLevel = Exclude<Level, 'Instance'>

export interface NewAncestor {
  /** Key of the row above; undefined for patients. */
  readonly parent: number | undefined
  readonly id: Uint8Array
  readonly tags: TagValues
  readonly metadata: Metadata
  readonly date: string
}

const insertOf = (level: AncestorLevel): string => {
  const parent = level === 'Patient' ? [] : ['parent']
  const searched = searchColumns[level].map(({ column }) => column)
  const columns = [...parent, 'id', 'tags', 'metadata', 'last_update', 'unstable', ...searched]
  const bound = columns.map(() => '?').join(', ')
  const [column, value] = level === 'Patient' ? [', turn', `, ${nextTurn}`] : ['', '']
  return `INSERT INTO ${tableOf[level]} (${columns.join(', ')}${column}) VALUES (${bound}${value})`
}

const inserts = { Patient: insertOf('Patient'), Study: insertOf('Study'), Series: insertOf('Series') }

/** A new patient, study or series, with what searches need of it. Gives its key. */
export function insertAncestor(session: Session, level: AncestorLevel, row: NewAncestor): number {
  const key = session.insert(
    inserts[level],
    ...(row.parent === undefined ? [] : [row.parent]),
    row.id,
    JSON.stringify(row.tags),
    JSON.stringify(row.metadata),
    row.date,
    1,
    ...searchValues(level, row.tags),
  )
  const words = wordsOf(level, row.tags)
  if (words !== '') session.run(`INSERT INTO ${wordTableOf[level]} (rowid, words) VALUES (?, ?)`, key, words)
  return key
}
