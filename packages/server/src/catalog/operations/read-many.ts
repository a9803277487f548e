import { childLevel, type Level, parentLevel } from '../../model/level.ts'
import { systemMetadata } from '../../model/metadata.ts'
import type { InstanceFile, TagValues } from '../../model/resource.ts'
import { idOfHex } from '../../model/resource-id.ts'
import { hasIdIn } from '../instance-ids.ts'
import { idsOf } from '../search/read-ids.ts'
import { labelsOf } from '../search/read-related.ts'
import { joinedBytes, tableOf, toIds } from '../sqlite/columns.ts'
import type { Columns, Session } from '../sqlite/session.ts'
import { readFile } from './read-file.ts'
import type { StoredResource } from './read-resources.ts'
import { splitTags } from './study-tags.ts'

/** A resource with what lies around it. */
export interface StoredDetails extends StoredResource {
  /** In order of arrival; empty when they were not asked for. */
  readonly childIds: readonly string[]
  readonly labels: readonly string[]
}

/** Ids that one call may ask for, so that it stays short. */
export const resourcesPerPage = 100

const ownColumns: Readonly<Record<Level, string>> = {
  Patient: 't.last_update, t.unstable, t.protected',
  Study: 't.last_update, t.unstable',
  Series: 't.last_update, t.unstable',
  Instance: 'NULL, 0, t.blob, t.size, t.md5, t.compressed_size, t.compressed_md5',
}

function selectMany(level: Level): string {
  const above = parentLevel(level)
  const [parent, join] =
    above === undefined
      ? ['NULL, NULL', '']
      : ['t.parent, lower(hex(p.id))', `JOIN ${idsOf[above]('p')} ON p.key = t.parent`]
  return `SELECT t.key, lower(hex(t.id)), t.tags, t.metadata, ${parent}, ${ownColumns[level]}
    FROM ${tableOf[level]} t ${join} WHERE ${hasIdIn(level, 't', '?1')}`
}

const selects: Readonly<Record<Level, string>> = {
  Patient: selectMany('Patient'),
  Study: selectMany('Study'),
  Series: selectMany('Series'),
  Instance: selectMany('Instance'),
}

/** In the order of the ids; unknown ones are left out. A few statements, however many there are. */
export function readMany(
  session: Session,
  level: Level,
  ids: readonly string[],
  options: { readonly children: boolean },
): readonly StoredDetails[] {
  const rows = session.list(selects[level], JSON.stringify(ids.map((id) => id.replaceAll('-', ''))))
  const keys = rows.map(([key]) => Number(key))
  const below = options.children ? childLevel(level) : undefined
  const children =
    below === undefined ? new Map<number, readonly string[]>() : childrenOf(session, below, keys)
  const labels = labelsOf(session, level, keys)
  const patients = level === 'Study' ? new PatientTags(session, rows) : undefined
  const found = new Map(
    rows.map((row) => {
      const key = Number(row[0])
      const own = labels.get(key)
      const details: StoredDetails = {
        ...readRow(level, row, patients),
        childIds: children.get(key) ?? [],
        labels: own === undefined ? [] : [...own].sort(),
      }
      return [details.id, details]
    }),
  )
  return ids.flatMap((id) => found.get(id) ?? [])
}

/** The ids of all children of a row come together: a row for each would take three times as long. */
function childrenOf(
  session: Session,
  level: Level,
  parents: readonly number[],
): ReadonlyMap<number, readonly string[]> {
  const sql = `SELECT value, (SELECT ${joinedBytes('id')} FROM (
      SELECT id FROM ${tableOf[level]} WHERE parent = value ORDER BY key
    )) FROM json_each(?)`
  return new Map(
    session.list(sql, JSON.stringify(parents)).map(([parent, joined]) => [Number(parent), toIds(joined)]),
  )
}

/** The patients of studies, read when the row of a study does not have its own copy. */
class PatientTags {
  readonly #session: Session
  readonly #studies: readonly Columns[]
  #byKey: ReadonlyMap<number, TagValues> | undefined

  constructor(session: Session, studies: readonly Columns[]) {
    this.#session = session
    this.#studies = studies
  }

  get(patient: number): TagValues | undefined {
    this.#byKey ??= this.#read()
    return this.#byKey.get(patient)
  }

  #read(): ReadonlyMap<number, TagValues> {
    const keys = this.#studies.map(([, , , , parent]) => Number(parent))
    const sql = 'SELECT key, tags FROM patients WHERE key IN (SELECT value FROM json_each(?))'
    return new Map(
      this.#session
        .list(sql, JSON.stringify(keys))
        .map(([key, tags]) => [Number(key), JSON.parse(String(tags)) as TagValues]),
    )
  }
}

function readRow(
  level: Level,
  columns: Columns,
  patients: PatientTags | undefined,
): Omit<StoredDetails, 'childIds' | 'labels'> {
  const [, id, tags, metadataText, parent, parentId, updated, unstable, own] = columns
  const lastUpdate = level === 'Instance' ? undefined : String(updated)
  const metadata = JSON.parse(String(metadataText)) as Record<number, string>
  if (lastUpdate !== undefined) metadata[systemMetadata.LastUpdate] = lastUpdate
  const { mainTags, patientMainTags } = splitTags(JSON.parse(String(tags)) as TagValues)
  return {
    level,
    id: idOfHex(String(id)),
    parentId: level === 'Patient' ? undefined : idOfHex(String(parentId)),
    mainTags,
    metadata,
    lastUpdate,
    isProtected: level === 'Patient' && own === 1,
    isStable: unstable !== 1,
    file: level === 'Instance' ? fileOf(columns) : undefined,
    patientMainTags: patientMainTags ?? patients?.get(Number(parent)),
  }
}

function fileOf(columns: Columns): InstanceFile {
  const [blob, size, md5, compressedSize, compressedMd5] = columns.slice(8)
  return readFile({ blob, size, md5, compressed_size: compressedSize, compressed_md5: compressedMd5 })
}
