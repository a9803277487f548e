import { hash } from 'node:crypto'
import type { Level } from '../../model/level.ts'
import type { Metadata } from '../../model/metadata.ts'
import { mayReplace, type Precondition } from '../../model/revision.ts'
import { levelCode, tableOf, toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import type { WriteOutcome } from './attachments.ts'
import { findKey } from './find-key.ts'
import { recordChange } from './record-change.ts'

export interface MetadataChange {
  readonly level: Level
  readonly id: string
  readonly number: number
  /** Undefined: it goes. */
  readonly value: string | undefined
  readonly precondition: Precondition
  /** UTC, `YYYYMMDDTHHMMSS`. */
  readonly date: string
}

/** 0 for what is not there, too. */
export function readMetadataRevision(session: Session, level: Level, id: string, number: number): number {
  const key = findKey(session, level, id)
  return key === undefined ? 0 : revisionOf(session, level, key, number)
}

function revisionOf(session: Session, level: Level, key: number, number: number): number {
  const sql = 'SELECT revision FROM metadata_revisions WHERE level = ? AND resource = ? AND metadata = ?'
  return Number(session.get(sql, levelCode(level), key, number)?.revision ?? 0)
}

/** Sets or deletes one metadata. What is deleted and set again begins at revision 0. */
export function setMetadata(session: Session, change: MetadataChange): WriteOutcome {
  const { level, id, number, value, precondition } = change
  const key = findKey(session, level, id)
  if (key === undefined) return { kind: 'unknown' }
  const old = readValue(session, level, key, number)
  if (old === undefined && value === undefined) return { kind: 'unknown' }
  const current =
    old === undefined
      ? undefined
      : { revision: revisionOf(session, level, key, number), md5: hash('md5', old, 'hex') }
  if (!mayReplace(current, precondition)) return { kind: 'conflict' }
  const revision = current === undefined ? 0 : current.revision + 1
  writeValue(session, level, key, number, value)
  writeRevision(session, level, key, number, value === undefined ? 0 : revision)
  recordChange(session, 'UpdatedMetadata', level, { key, id: toBytes(id) }, change.date)
  return { kind: 'written', revision }
}

function readValue(session: Session, level: Level, key: number, number: number): string | undefined {
  const row = session.get(`SELECT metadata FROM ${tableOf[level]} WHERE key = ?`, key)
  return (JSON.parse(String(row?.metadata)) as Metadata)[number]
}

function writeValue(
  session: Session,
  level: Level,
  key: number,
  number: number,
  value: string | undefined,
): void {
  const path = `$."${number}"`
  if (value === undefined) {
    session.run(`UPDATE ${tableOf[level]} SET metadata = json_remove(metadata, ?) WHERE key = ?`, path, key)
  } else {
    const sql = `UPDATE ${tableOf[level]} SET metadata = json_set(metadata, ?, ?) WHERE key = ?`
    session.run(sql, path, value, key)
  }
}

function writeRevision(session: Session, level: Level, key: number, number: number, revision: number): void {
  if (revision === 0) {
    const sql = 'DELETE FROM metadata_revisions WHERE level = ? AND resource = ? AND metadata = ?'
    session.run(sql, levelCode(level), key, number)
  } else {
    session.run(
      'INSERT OR REPLACE INTO metadata_revisions VALUES (?, ?, ?, ?)',
      levelCode(level),
      key,
      number,
      revision,
    )
  }
}
