import type { ChangeType } from '../../model/change.ts'
import type { Level } from '../../model/level.ts'
import { type Metadata, systemMetadata } from '../../model/metadata.ts'
import { asStored, type InstanceFile, type TagValues } from '../../model/resource.ts'
import type { ResourceIds } from '../../model/resource-id.ts'
import { hasId, prefixOf } from '../instance-ids.ts'
import { sopInstanceUidTag, uidHash } from '../search-columns.ts'
import { type Row, tableOf, toBytes } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { deleteResource } from './delete-resource.ts'
import { type AncestorLevel, insertAncestor, type NewAncestor } from './insert-ancestor.ts'
import { type Capacity, makeRoom, type RecycleFirst } from './make-room.ts'
import { fileValues } from './read-file.ts'
import { readSeriesIndexes } from './read-series-indexes.ts'
import { recordChange } from './record-change.ts'
import { isYoungest, nextTurn } from './recycling-order.ts'
import { seriesStatus } from './series-status.ts'
import { joinStudyTags } from './study-tags.ts'

export interface NewInstance {
  readonly ids: ResourceIds
  /** Those of its patient, study and series are asked for only when it is the first of its series. */
  readonly tags: Readonly<Record<Level, TagValues>>
  /** As `tags`. */
  readonly metadata: Readonly<Record<Level, Metadata>>
  readonly file: InstanceFile
  /** UTC, `YYYYMMDDTHHMMSS`. */
  readonly date: string
  /** Replace an instance with the same id instead of keeping it. */
  readonly overwrite: boolean
}

export interface Admission {
  readonly capacity: Capacity
  readonly slice: number
}

/** What the rows of a patient, a study and a series that are not there yet are made of. */
type Ancestry = Readonly<Record<AncestorLevel, Pick<NewAncestor, 'tags' | 'metadata'>>>

/**
 * An instance on its way to the thread that writes. Cloning a few flat values costs far less than cloning the objects of
 * all levels, and most instances are not the first of their series.
 */
export interface StoreRequest extends Pick<NewInstance, 'ids' | 'file' | 'date' | 'overwrite'> {
  /** Of the instance alone, as JSON. */
  readonly tags: string
  /** As `tags`. */
  readonly metadata: string
  readonly uidHash: number
  /** Undefined: the series is expected to be there. */
  readonly ancestry: Ancestry | undefined
  /** Undefined: there is no limit. */
  readonly admission: Admission | undefined
}

/** For an instance whose series is expected to be there. */
export function storeRequest(
  { ids, tags, metadata, file, date, overwrite }: NewInstance,
  admission?: Admission,
): StoreRequest {
  const own = tags.Instance
  return {
    ids,
    tags: JSON.stringify(own),
    metadata: JSON.stringify(metadata.Instance),
    uidHash: uidHash(String(own[sopInstanceUidTag] ?? '')),
    ancestry: undefined,
    file,
    date,
    overwrite,
    admission,
  }
}

export function wholeRequest(instance: NewInstance, admission?: Admission): StoreRequest {
  const { tags, metadata } = instance
  return {
    ...storeRequest(instance, admission),
    ancestry: {
      Patient: { tags: tags.Patient, metadata: metadata.Patient },
      // Files of one PatientID may disagree about the patient: a study keeps what its own first file says.
      Study: { tags: joinStudyTags(tags.Study, tags.Patient), metadata: metadata.Study },
      Series: { tags: tags.Series, metadata: metadata.Series },
    },
  }
}

interface Ancestor {
  readonly key: number
  readonly isNew: boolean
}

/** What an instance lies in. */
interface Lineage {
  readonly patient: Ancestor
  readonly study: Ancestor
  readonly series: Ancestor
  /** As many instances as the series said that it would have; 0 when it did not say. */
  readonly expected: number
}

/**
 * `Recycled`: stored, and others were deleted for it. `NoSeries`: there is no such series, and the request does not say
 * what to make it of.
 */
export type StoreOutcome = 'Success' | 'Recycled' | 'AlreadyStored' | 'NoSeries' | 'Full' | RecycleFirst

// Text that is put together anew for each instance would have to be looked up letter by letter.
const findInstance = `SELECT key, size FROM instances t WHERE ${hasId('Instance', 't', '?1')}`
const insertId = `INSERT OR IGNORE INTO instance_ids VALUES (${prefixOf('?')}, ?)`
const findLineage = `SELECT p.key AS patient, p.unstable AND p.last_update = ?1 AS patient_touched, p.turn,
    st.key AS study, st.unstable AND st.last_update = ?1 AS study_touched,
    se.key AS series, se.unstable AND se.last_update = ?1 AS series_touched,
    json_extract(se.metadata, '$."${systemMetadata.ExpectedNumberOfInstances}"') AS expected
  FROM series se JOIN studies st ON st.key = se.parent JOIN patients p ON p.key = st.parent WHERE se.id = ?2`

/**
 * Adds an instance, its missing ancestors and their changes. `AlreadyStored`, `NoSeries` and `Full` leave the catalog as
 * it was.
 */
export function storeInstance(session: Session, request: StoreRequest): StoreOutcome {
  const { ids, overwrite, ancestry } = request
  const id = toBytes(ids.instance)
  const existing = session.get(findInstance, id)
  if (existing !== undefined && !overwrite) return 'AlreadyStored'
  const series = findSeries(session, request)
  if (series === undefined && ancestry === undefined) return 'NoSeries'
  const room = admit(session, request, Number(existing?.size ?? 0))
  if (room !== 'Enough' && room !== 'Recycled') return room
  if (existing !== undefined) deleteResource(session, { level: 'Instance', id: ids.instance })
  // The series may have gone with its last instance.
  const found = existing === undefined ? series : findSeries(session, request)
  insert(
    session,
    request,
    id,
    found === undefined ? makeLineage(session, request) : touchLineage(session, request, found),
  )
  return room === 'Recycled' ? 'Recycled' : 'Success'
}

function admit(session: Session, { file, ids, admission }: StoreRequest, replaced: number) {
  if (admission === undefined) return 'Enough'
  const { capacity, slice } = admission
  return makeRoom(session, capacity, { patient: ids.patient, added: file.size - replaced, slice })
}

function insert(session: Session, request: StoreRequest, id: Uint8Array, lineage: Lineage): void {
  const { ids, date, file } = request
  const { patient, study, series } = lineage
  const key = insertInstance(session, request, id, series.key)
  session.run(
    `UPDATE totals SET patients = patients + ?, studies = studies + ?, series = series + ?,
       instances = instances + 1, bytes = bytes + ?, uncompressed_bytes = uncompressed_bytes + ?`,
    Number(patient.isNew),
    Number(study.isNew),
    Number(series.isNew),
    asStored(file).size,
    file.size,
  )
  recordChange(session, 'NewInstance', 'Instance', { key, id }, date)
  const record = (type: ChangeType, level: AncestorLevel, ancestor: Ancestor, hashId: string) => {
    if (ancestor.isNew) recordChange(session, type, level, { key: ancestor.key, id: toBytes(hashId) }, date)
  }
  record('NewSeries', 'Series', series, ids.series)
  record('NewStudy', 'Study', study, ids.study)
  record('NewPatient', 'Patient', patient, ids.patient)
  if (lineage.expected > 0) recordCompletion(session, request, series.key, lineage.expected)
}

function insertInstance(session: Session, request: StoreRequest, id: Uint8Array, parent: number): number {
  const key = session.insert(
    `INSERT INTO instances (parent, id, tags, metadata, blob, size, md5, compressed_size, compressed_md5, uid_hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    parent,
    id,
    request.tags,
    request.metadata,
    ...fileValues(request.file),
    request.uidHash,
  )
  // One with the same key and id may have left its entry.
  session.run(insertId, id, key)
  return key
}

/** Keys of a series and what it lies in, and whether they have had an instance at that date: by one statement. */
function findSeries(session: Session, { ids, date }: StoreRequest): Row | undefined {
  return session.get(findLineage, date, toBytes(ids.series))
}

function touchLineage(session: Session, request: StoreRequest, row: Row): Lineage {
  const reach = (level: AncestorLevel, key: unknown, isTouched: unknown): Ancestor =>
    touch(session, level, { key: Number(key), isTouched: isTouched === 1, turn: row.turn }, request)
  return {
    patient: reach('Patient', row.patient, row.patient_touched),
    study: reach('Study', row.study, row.study_touched),
    series: reach('Series', row.series, row.series_touched),
    expected: Number(row.expected ?? 0),
  }
}

interface Touched {
  readonly key: number
  /** It has had an instance at the same date. */
  readonly isTouched: boolean
  /** Of a patient. */
  readonly turn: unknown
}

/**
 * An ancestor has got a new instance. Within a second that is written once, but for the order of recycling when there
 * is a capacity.
 */
function touch(
  session: Session,
  level: AncestorLevel,
  row: Touched,
  { date, admission }: StoreRequest,
): Ancestor {
  const { key, isTouched } = row
  const isInTurn = level !== 'Patient' || admission === undefined || isYoungest(session, row.turn)
  if (!isTouched || !isInTurn) {
    const turn = level === 'Patient' ? `, turn = iif(turn IS NULL, NULL, ${nextTurn})` : ''
    session.run(`UPDATE ${tableOf[level]} SET last_update = ?, unstable = 1${turn} WHERE key = ?`, date, key)
  }
  return { key, isNew: false }
}

/** For the first instance of a series: the rows above it are found, or made from it. */
function makeLineage(session: Session, request: StoreRequest): Lineage {
  const { ids, ancestry } = request
  if (ancestry === undefined) throw new Error('A new series of which nothing is known')
  const patient = reachAncestor(session, 'Patient', ids.patient, request, ancestry)
  const study = reachAncestor(session, 'Study', ids.study, request, ancestry, patient.key)
  const series = reachAncestor(session, 'Series', ids.series, request, ancestry, study.key)
  const expected = Number(ancestry.Series.metadata[systemMetadata.ExpectedNumberOfInstances] ?? 0)
  return { patient, study, series, expected }
}

function reachAncestor(
  session: Session,
  level: AncestorLevel,
  hashId: string,
  request: StoreRequest,
  ancestry: Ancestry,
  parent?: number,
): Ancestor {
  const { date } = request
  const id = toBytes(hashId)
  const turn = level === 'Patient' ? ', turn' : ''
  const row = session.get(
    `SELECT key, unstable AND last_update = ? AS touched${turn} FROM ${tableOf[level]} WHERE id = ?`,
    date,
    id,
  )
  if (row === undefined) {
    const key = insertAncestor(session, level, { parent, id, ...ancestry[level], date })
    return { key, isNew: true }
  }
  return touch(
    session,
    level,
    { key: Number(row.key), isTouched: row.touched === 1, turn: row.turn },
    request,
  )
}

function recordCompletion(
  session: Session,
  { ids, date }: StoreRequest,
  key: number,
  expected: number,
): void {
  const count = session.get('SELECT count(*) AS count FROM instances WHERE parent = ?', key)?.count
  if (count !== expected) return
  if (seriesStatus(expected, readSeriesIndexes(session, ids.series)) === 'Complete') {
    recordChange(session, 'CompletedSeries', 'Series', { key, id: toBytes(ids.series) }, date)
  }
}
