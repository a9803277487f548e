import { childLevel, type Level, parentLevel } from '../../model/level.ts'
import { type Metadata, systemMetadata } from '../../model/metadata.ts'
import type { TagValues } from '../../model/resource.ts'
import { hasIdIn } from '../instance-ids.ts'
import { labelsOf } from '../search/read-related.ts'
import { idOfHex, tableOf } from '../sqlite/columns.ts'
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
  Patient: "'', '', t.last_update, t.unstable, t.protected",
  Study: 'lower(hex(p.id)), p.tags, t.last_update, t.unstable',
  Series: "lower(hex(p.id)), '', t.last_update, t.unstable",
  Instance: "lower(hex(p.id)), '', '', 0, t.blob, t.size, t.md5, t.compressed_size, t.compressed_md5",
}

function selectMany(level: Level): string {
  const above = parentLevel(level)
  const join = above === undefined ? '' : `JOIN ${tableOf[above]} p ON p.key = t.parent`
  return `SELECT t.key, lower(hex(t.id)), t.tags, t.metadata, ${ownColumns[level]} FROM ${tableOf[level]} t ${join}
    WHERE ${hasIdIn(level, 't', '?1')}`
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
  const rows = session.list(selects[level], JSON.stringify(ids.map((id) => id.replaceAll('-', ''))))
  const keys = rows.map(([key]) => Number(key))
  const below = options.children ? childLevel(level) : undefined
  const children =
    below === undefined ? new Map<number, readonly string[]>() : childrenOf(session, below, keys)
  const labels = labelsOf(session, level, keys)
  const found = new Map(
    rows.map((row) => {
      const key = Number(row[0])
      const own = labels.get(key)
      const details: StoredDetails = {
        ...readRow(level, row),
        childIds: children.get(key) ?? [],
        labels: own === undefined ? [] : [...own].sort(),
      }
      return [details.id, details]
    }),
  )
  return ids.flatMap((id) => found.get(id) ?? [])
}

const hexLength = 40

/** The ids of all children of a row come as one text: a row for each would take twice the time. */
function childrenOf(
  session: Session,
  level: Level,
  parents: readonly number[],
): Map<number, readonly string[]> {
  const sql = `SELECT parent, group_concat(lower(hex(id)), '') FROM (
      SELECT parent, id FROM ${tableOf[level]} WHERE parent IN (SELECT value FROM json_each(?)) ORDER BY parent, key
    ) GROUP BY parent`
  return new Map(
    session.list(sql, JSON.stringify(parents)).map(([parent, joined]) => {
      const text = String(joined)
      const ids: string[] = []
      for (let at = 0; at < text.length; at += hexLength) ids.push(idOfHex(text.slice(at, at + hexLength)))
      return [Number(parent), ids]
    }),
  )
}

function readRow(level: Level, columns: Columns): Omit<StoredDetails, 'childIds' | 'labels'> {
  const [
    ,
    id,
    tags,
    metadataText,
    parent,
    parentTags,
    updated,
    unstable,
    own,
    size,
    md5,
    compressedSize,
    compressedMd5,
  ] = columns
  const lastUpdate = level === 'Instance' ? undefined : String(updated)
  const metadata = JSON.parse(String(metadataText)) as Metadata
  const { mainTags, patientMainTags } = splitTags(JSON.parse(String(tags)) as TagValues)
  return {
    level,
    id: idOfHex(String(id)),
    parentId: level === 'Patient' ? undefined : idOfHex(String(parent)),
    mainTags,
    metadata: lastUpdate === undefined ? metadata : { ...metadata, [systemMetadata.LastUpdate]: lastUpdate },
    lastUpdate,
    isProtected: level === 'Patient' && own === 1,
    isStable: unstable !== 1,
    file:
      level === 'Instance'
        ? readFile({ blob: own, size, md5, compressed_size: compressedSize, compressed_md5: compressedMd5 })
        : undefined,
    patientMainTags:
      level === 'Study' ? (patientMainTags ?? (JSON.parse(String(parentTags)) as TagValues)) : undefined,
  }
}
