import { childLevel, type Level, parentLevel } from '../../model/level.ts'
import { type Metadata, systemMetadata } from '../../model/metadata.ts'
import type { TagValues } from '../../model/resource.ts'
import { labelsOf } from '../search/read-related.ts'
import { type Row, tableOf, toDigest, toId, toUuid } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import type { StoredResource } from './read-resources.ts'

/** A resource with what lies around it. */
export interface StoredDetails extends StoredResource {
  /** In order of arrival; empty when they were not asked for. */
  readonly childIds: readonly string[]
  readonly labels: readonly string[]
  /** Of studies. */
  readonly patientMainTags: TagValues | undefined
}

/** Ids that one call may ask for, so that it stays short. */
export const resourcesPerPage = 100

const ownColumns: Readonly<Record<Level, string>> = {
  Patient: 't.last_update, t.protected',
  Study: 't.last_update',
  Series: 't.last_update',
  Instance: 't.blob, t.size, t.md5',
}

function selectMany(level: Level): string {
  const above = parentLevel(level)
  const columns = ['t.key, t.id, t.tags, t.metadata', ownColumns[level]]
  if (above !== undefined) columns.push('p.id AS parent_id')
  if (level === 'Study') columns.push('p.tags AS patient_tags')
  const join = above === undefined ? '' : `JOIN ${tableOf[above]} p ON p.key = t.parent`
  return `SELECT ${columns.join(', ')} FROM ${tableOf[level]} t ${join}
    WHERE t.id IN (SELECT unhex(value) FROM json_each(?))`
}

const selects: Readonly<Record<Level, string>> = {
  Patient: selectMany('Patient'),
  Study: selectMany('Study'),
  Series: selectMany('Series'),
  Instance: selectMany('Instance'),
}

/** In the order of the ids; unknown ones are left out. Three statements, however many there are. */
export function readMany(
  session: Session,
  level: Level,
  ids: readonly string[],
  options: { readonly children: boolean },
): readonly StoredDetails[] {
  const rows = session.all(selects[level], JSON.stringify(ids.map((id) => id.replaceAll('-', ''))))
  const keys = rows.map((row) => Number(row.key))
  const below = options.children ? childLevel(level) : undefined
  const children = below === undefined ? new Map<number, string[]>() : childrenOf(session, below, keys)
  const labels = labelsOf(session, level, keys)
  const found = new Map(
    rows.map((row) => {
      const key = Number(row.key)
      const details: StoredDetails = {
        ...readRow(level, row),
        childIds: children.get(key) ?? [],
        labels: [...(labels.get(key) ?? [])].sort(),
      }
      return [details.id, details]
    }),
  )
  return ids.flatMap((id) => found.get(id) ?? [])
}

function childrenOf(session: Session, level: Level, parents: readonly number[]): Map<number, string[]> {
  const sql = `SELECT parent, id FROM ${tableOf[level]} WHERE parent IN (SELECT value FROM json_each(?))
    ORDER BY parent, key`
  const children = new Map<number, string[]>()
  for (const row of session.all(sql, JSON.stringify(parents))) {
    const parent = Number(row.parent)
    const list = children.get(parent)
    if (list === undefined) children.set(parent, [toId(row.id)])
    else list.push(toId(row.id))
  }
  return children
}

function readRow(level: Level, row: Row): Omit<StoredDetails, 'childIds' | 'labels'> {
  const lastUpdate = row.last_update === undefined ? undefined : String(row.last_update)
  const metadata = JSON.parse(String(row.metadata)) as Metadata
  return {
    level,
    id: toId(row.id),
    parentId: row.parent_id === undefined ? undefined : toId(row.parent_id),
    mainTags: JSON.parse(String(row.tags)) as TagValues,
    metadata: lastUpdate === undefined ? metadata : { ...metadata, [systemMetadata.LastUpdate]: lastUpdate },
    lastUpdate,
    isProtected: row.protected === 1,
    file:
      level === 'Instance'
        ? { blobKey: toUuid(row.blob), size: Number(row.size), md5: toDigest(row.md5) }
        : undefined,
    patientMainTags: level === 'Study' ? (JSON.parse(String(row.patient_tags)) as TagValues) : undefined,
  }
}
