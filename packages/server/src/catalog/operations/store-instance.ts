import type { Level } from '../../model/level.ts'
import { type Metadata, systemMetadata } from '../../model/metadata.ts'
import { asStored, type InstanceFile, type TagValues } from '../../model/resource.ts'
import type { ResourceIds } from '../../model/resource-id.ts'
import { hasId, prefixOf } from '../instance-ids.ts'
import { sopInstanceUidTag, uidHash } from '../search-columns.ts'
import { type Row, tableOf, toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { deleteResource } from './delete-resource.ts'
import { type AncestorLevel, insertAncestor } from './insert-ancestor.ts'
import { type Capacity, makeRoom, type RecycleFirst } from './make-room.ts'
import { fileValues } from './read-file.ts'
import { readSeriesIndexes } from './read-series-indexes.ts'
import { recordChange } from './record-change.ts'
import { isYoungest, nextTurn } from './recycling-order.ts'
import { seriesStatus } from './series-status.ts'
import { joinStudyTags } from './study-tags.ts'

export interface NewInstance {
  readonly ids: ResourceIds
  readonly tags: Readonly<Record<Level, TagValues>>
  readonly metadata: Readonly<Record<Level, Metadata>>
  readonly file: InstanceFile
  /** UTC, `YYYYMMDDTHHMMSS`. */
  readonly date: string
  /** Replace an instance with the same id instead of keeping it. */
  readonly overwrite: boolean
  /** Undefined: there is no limit. */
  readonly admission?: { readonly capacity: Capacity; readonly slice: number }
}

interface Ancestor {
  readonly key: number
  readonly id: Uint8Array
  readonly isNew: boolean
}

/** `Recycled`: stored, and others were deleted for it. */
export type StoreOutcome = 'Success' | 'Recycled' | 'AlreadyStored' | 'Full' | RecycleFirst

/**
 * Adds an instance, its missing ancestors and their changes. `AlreadyStored` and `Full` leave the catalog as it was.
 */
export function storeInstance(session: Session, instance: NewInstance): StoreOutcome {
  const id = toBytes(instance.ids.instance)
  const sql = `SELECT key, size FROM instances t WHERE ${hasId('Instance', 't', '?1')}`
  const existing = session.get(sql, id)
  if (existing !== undefined && !instance.overwrite) return 'AlreadyStored'
  const room = admit(session, instance, Number(existing?.size ?? 0))
  if (room !== 'Enough' && room !== 'Recycled') return room
  if (existing !== undefined) deleteResource(session, { level: 'Instance', id: instance.ids.instance })
  insert(session, instance, id)
  return room === 'Recycled' ? 'Recycled' : 'Success'
}

function admit(session: Session, { file, ids, admission }: NewInstance, replaced: number) {
  if (admission === undefined) return 'Enough'
  const { capacity, slice } = admission
  return makeRoom(session, capacity, { patient: ids.patient, added: file.size - replaced, slice })
}

function insert(session: Session, instance: NewInstance, id: Uint8Array): void {
  const patient = reachAncestor(session, 'Patient', instance.ids.patient, instance, undefined)
  const study = reachAncestor(session, 'Study', instance.ids.study, withPatientTags(instance), patient)
  const series = reachAncestor(session, 'Series', instance.ids.series, instance, study)
  const key = insertInstance(session, instance, id, series.key)
  session.run(
    `UPDATE totals SET patients = patients + ?, studies = studies + ?, series = series + ?,
       instances = instances + 1, bytes = bytes + ?, uncompressed_bytes = uncompressed_bytes + ?`,
    Number(patient.isNew),
    Number(study.isNew),
    Number(series.isNew),
    asStored(instance.file).size,
    instance.file.size,
  )
  const { date } = instance
  recordChange(session, 'NewInstance', 'Instance', { key, id }, date)
  if (series.isNew) recordChange(session, 'NewSeries', 'Series', series, date)
  if (study.isNew) recordChange(session, 'NewStudy', 'Study', study, date)
  if (patient.isNew) recordChange(session, 'NewPatient', 'Patient', patient, date)
  recordCompletion(session, instance, series)
}

function insertInstance(session: Session, instance: NewInstance, id: Uint8Array, parent: number): number {
  const key = session.insert(
    `INSERT INTO instances (parent, id, tags, metadata, blob, size, md5, compressed_size, compressed_md5, uid_hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    parent,
    id,
    JSON.stringify(instance.tags.Instance),
    JSON.stringify(instance.metadata.Instance),
    ...fileValues(instance.file),
    uidHash(String(instance.tags.Instance[sopInstanceUidTag] ?? '')),
  )
  // One with the same key and id may have left its entry.
  session.run(`INSERT OR IGNORE INTO instance_ids VALUES (${prefixOf('?')}, ?)`, id, key)
  return key
}

/** Files of one PatientID may disagree about the patient: a study keeps what its own first file says. */
function withPatientTags(instance: NewInstance): NewInstance {
  const { tags } = instance
  return { ...instance, tags: { ...tags, Study: joinStudyTags(tags.Study, tags.Patient) } }
}

/** Finds the ancestor or makes it from this instance, its first. */
function reachAncestor(
  session: Session,
  level: AncestorLevel,
  hashId: string,
  instance: NewInstance,
  parent: Ancestor | undefined,
): Ancestor {
  const table = tableOf[level]
  const id = toBytes(hashId)
  const turn = level === 'Patient' ? ', turn' : ''
  const row = session.get(`SELECT key, last_update, unstable${turn} FROM ${table} WHERE id = ?`, id)
  if (row !== undefined) {
    const key = Number(row.key)
    touch(session, level, row, instance)
    return { key, id, isNew: false }
  }
  const key = insertAncestor(session, level, {
    parent: parent?.key,
    id,
    tags: instance.tags[level],
    metadata: instance.metadata[level],
    date: instance.date,
  })
  return { key, id, isNew: true }
}

/**
 * An ancestor has got a new instance. Within a second that is written once, but for the order of recycling when there
 * is a capacity.
 */
function touch(session: Session, level: AncestorLevel, row: Row, { date, admission }: NewInstance): void {
  const isTouched = row.last_update === date && row.unstable === 1
  if (isTouched && (level !== 'Patient' || admission === undefined || isYoungest(session, row.turn))) return
  const turn = level === 'Patient' ? `, turn = iif(turn IS NULL, NULL, ${nextTurn})` : ''
  const sql = `UPDATE ${tableOf[level]} SET last_update = ?, unstable = 1${turn} WHERE key = ?`
  session.run(sql, date, Number(row.key))
}

function recordCompletion(session: Session, instance: NewInstance, series: Ancestor): void {
  const row = session.get(
    `SELECT json_extract(metadata, '$."${systemMetadata.ExpectedNumberOfInstances}"') AS expected
     FROM series WHERE key = ?`,
    series.key,
  )
  const expected = Number(row?.expected ?? 0)
  if (expected === 0) return
  const count = session.get('SELECT count(*) AS count FROM instances WHERE parent = ?', series.key)?.count
  if (count !== expected) return
  if (seriesStatus(expected, readSeriesIndexes(session, instance.ids.series)) === 'Complete') {
    recordChange(session, 'CompletedSeries', 'Series', series, instance.date)
  }
}
