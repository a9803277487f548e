import { type Attachment, systemAttachments } from '../../model/attachment.ts'
import type { Level } from '../../model/level.ts'
import { isUserNumber } from '../../model/metadata.ts'
import { asStored, type InstanceFile } from '../../model/resource.ts'
import { mayReplace, type Precondition } from '../../model/revision.ts'
import { levelCode, type Row, toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { findKey } from './find-key.ts'
import { fileValues, readFile } from './read-file.ts'
import { recordChange } from './record-change.ts'

export interface AttachmentName {
  readonly level: Level
  readonly id: string
  readonly type: number
}

export interface NewAttachment extends AttachmentName {
  readonly file: InstanceFile
  readonly precondition: Precondition
  /** False: only in the place of one that is there. */
  readonly create: boolean
  /** UTC, `YYYYMMDDTHHMMSS`. */
  readonly date: string
}

export interface UnwantedAttachment extends AttachmentName {
  readonly precondition: Precondition
  /** UTC, `YYYYMMDDTHHMMSS`. */
  readonly date: string
}

export type WriteOutcome =
  | { readonly kind: 'written'; readonly revision: number }
  /** No such resource, or nothing there. */
  | { readonly kind: 'unknown' }
  /** Something else is there than what was to be replaced. */
  | { readonly kind: 'conflict' }

const columns = 'blob, size, md5, compressed_size, compressed_md5, revision'

const readAttachment = (row: Row): Attachment => ({
  ...readFile(row),
  type: Number(row.type),
  revision: Number(row.revision),
})

/** By number; undefined for an unknown resource. */
export function listAttachments(
  session: Session,
  level: Level,
  id: string,
): readonly Attachment[] | undefined {
  const key = findKey(session, level, id)
  if (key === undefined) return undefined
  const own = level === 'Instance' ? [findAttachment(session, level, key, systemAttachments.dicom)] : []
  const sql = `SELECT type, ${columns} FROM attachments WHERE level = ? AND resource = ? ORDER BY type`
  const others = session.all(sql, levelCode(level), key).map(readAttachment)
  return [...own.filter((each) => each !== undefined), ...others]
}

export function getAttachment(session: Session, { level, id, type }: AttachmentName): Attachment | undefined {
  const key = findKey(session, level, id)
  return key === undefined ? undefined : findAttachment(session, level, key, type)
}

/** The DICOM file of an instance is in the row of the instance. */
const isDicomFile = (level: Level, type: number): boolean =>
  level === 'Instance' && type === systemAttachments.dicom

function findAttachment(session: Session, level: Level, key: number, type: number): Attachment | undefined {
  const row = isDicomFile(level, type)
    ? session.get(`SELECT ${type} AS type, ${columns} FROM instances WHERE key = ?`, key)
    : session.get(
        `SELECT type, ${columns} FROM attachments WHERE level = ? AND resource = ? AND type = ?`,
        levelCode(level),
        key,
        type,
      )
  return row && readAttachment(row)
}

/** Puts a file, whose blob is synced, in its place; the blob that was there becomes a removal. */
export function setAttachment(session: Session, wanted: NewAttachment): WriteOutcome {
  const { level, id, type, file } = wanted
  const key = findKey(session, level, id)
  if (key === undefined) return { kind: 'unknown' }
  const current = findAttachment(session, level, key, type)
  if (current === undefined && !wanted.create) return { kind: 'unknown' }
  if (!mayReplace(current, wanted.precondition)) return { kind: 'conflict' }
  const revision = current === undefined ? 0 : current.revision + 1
  if (current !== undefined) forget(session, current)
  addSizes(session, file, 1)
  if (isDicomFile(level, type)) replaceDicomFile(session, key, file, revision)
  else insertAttachment(session, level, key, { ...file, type, revision })
  recordUpdate(session, wanted, key)
  return { kind: 'written', revision }
}

function recordUpdate(
  session: Session,
  { level, id, type, date }: AttachmentName & { readonly date: string },
  key: number,
): void {
  if (isUserNumber(type)) recordChange(session, 'UpdatedAttachment', level, { key, id: toBytes(id) }, date)
}

function replaceDicomFile(session: Session, key: number, file: InstanceFile, revision: number): void {
  session.run(
    `UPDATE instances SET blob = ?, size = ?, md5 = ?, compressed_size = ?, compressed_md5 = ?, revision = ?
     WHERE key = ?`,
    ...fileValues(file),
    revision,
    key,
  )
}

function insertAttachment(session: Session, level: Level, key: number, attachment: Attachment): void {
  session.run(
    `INSERT OR REPLACE INTO attachments (level, resource, type, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    levelCode(level),
    key,
    attachment.type,
    ...fileValues(attachment),
    attachment.revision,
  )
}

/** Its blob becomes a removal. */
export function deleteAttachment(session: Session, unwanted: UnwantedAttachment): WriteOutcome {
  const { level, id, type, precondition } = unwanted
  const key = findKey(session, level, id)
  const current = key === undefined ? undefined : findAttachment(session, level, key, type)
  if (key === undefined || current === undefined || isDicomFile(level, type)) return { kind: 'unknown' }
  if (!mayReplace(current, precondition)) return { kind: 'conflict' }
  forget(session, current)
  const sql = 'DELETE FROM attachments WHERE level = ? AND resource = ? AND type = ?'
  session.run(sql, levelCode(level), key, type)
  recordUpdate(session, unwanted, key)
  return { kind: 'written', revision: current.revision }
}

function forget(session: Session, file: InstanceFile): void {
  session.run('INSERT INTO removals (blob) VALUES (?)', toBytes(file.blobKey))
  addSizes(session, file, -1)
}

function addSizes(session: Session, file: InstanceFile, sign: 1 | -1): void {
  session.run(
    'UPDATE totals SET bytes = bytes + ?, uncompressed_bytes = uncompressed_bytes + ?',
    sign * asStored(file).size,
    sign * file.size,
  )
}
