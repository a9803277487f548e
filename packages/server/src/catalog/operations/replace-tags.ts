import type { Level } from '../../model/level.ts'
import { systemMetadata } from '../../model/metadata.ts'
import type { TagValues } from '../../model/resource.ts'
import {
  searchColumns,
  searchValues,
  sopInstanceUidTag,
  uidHash,
  wordsOf,
  wordTableOf,
} from '../search-columns.ts'
import { tableOf } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { findKey } from './find-key.ts'
import { joinStudyTags } from './study-tags.ts'

export interface NewTags {
  readonly level: Level
  readonly id: string
  readonly tags: TagValues
  /** Of a study: the patient's, as one of its files has them. */
  readonly patientTags?: TagValues | undefined
  /** The tags that were looked for, as `mainTagsSignature` names them. */
  readonly signature: string
}

/** Puts other main tags in the place of those that resources have; unknown resources are left out. */
export function replaceTags(session: Session, all: readonly NewTags[]): void {
  for (const each of all) replaceOne(session, each)
}

function replaceOne(session: Session, { level, id, tags, patientTags, signature }: NewTags): void {
  const table = tableOf[level]
  const key = findKey(session, level, id)
  if (key === undefined) return
  const columns = searchColumns[level].map(({ column }) => `, ${column} = ?`).join('')
  session.run(
    `UPDATE ${table} SET tags = ?, metadata = json_set(metadata, '$."${systemMetadata.MainDicomTagsSignature}"', ?)
       ${columns} ${level === 'Instance' ? ', uid_hash = ?' : ''} WHERE key = ?`,
    JSON.stringify(patientTags === undefined ? tags : joinStudyTags(tags, patientTags)),
    signature,
    ...searchValues(level, tags),
    ...(level === 'Instance' ? [uidHash(String(tags[sopInstanceUidTag] ?? ''))] : []),
    Number(key),
  )
  if (level === 'Instance') return
  session.run(`DELETE FROM ${wordTableOf[level]} WHERE rowid = ?`, Number(key))
  const words = wordsOf(level, tags)
  if (words === '') return
  session.run(`INSERT INTO ${wordTableOf[level]} (rowid, words) VALUES (?, ?)`, Number(key), words)
}
