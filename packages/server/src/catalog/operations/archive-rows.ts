import { systemMetadata } from '../../model/metadata.ts'
import type { InstanceFile, TagValues } from '../../model/resource.ts'
import { idOfHex } from '../../model/resource-id.ts'
import { hasIdIn } from '../instance-ids.ts'
import type { Row } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { readFile } from './read-file.ts'
import { splitTags } from './study-tags.ts'

/** Ids and keys that one call may ask for, and rows that it gives, so that it stays short. */
export const archiveRowsPerPage = 1000

interface TaggedRow {
  readonly id: string
  readonly mainTags: TagValues
}

/** A series and what it belongs to. */
export interface SeriesPath {
  readonly key: number
  readonly patient: TaggedRow
  readonly study: TaggedRow
  readonly series: TaggedRow
}

const tagged = (id: Row[string] | undefined, tags: Row[string] | undefined): TaggedRow => ({
  id: idOfHex(String(id)),
  mainTags: splitTags(JSON.parse(String(tags)) as TagValues).mainTags,
})

/** Those that are gone are left out. */
export function readSeriesPaths(session: Session, keys: readonly number[]): readonly SeriesPath[] {
  const sql = `SELECT series.key, lower(hex(series.id)), series.tags, lower(hex(studies.id)), studies.tags,
      lower(hex(patients.id)), patients.tags
    FROM series JOIN studies ON studies.key = series.parent JOIN patients ON patients.key = studies.parent
    WHERE series.key IN (SELECT value FROM json_each(?)) ORDER BY series.key`
  return session
    .list(sql, JSON.stringify(keys))
    .map(([key, id, tags, studyId, studyTags, patientId, patientTags]) => ({
      key: Number(key),
      patient: tagged(patientId, patientTags),
      study: tagged(studyId, studyTags),
      series: tagged(id, tags),
    }))
}

/** An instance as far as its place in an archive goes. */
export interface SeriesMember {
  readonly key: number
  readonly id: string
  /** Of its series. */
  readonly parent: number
  /** Bytes of its file. */
  readonly size: number
  readonly indexInSeries: string | undefined
}

const memberColumns = `key, lower(hex(id)), parent, size, json_extract(metadata, '$."${systemMetadata.IndexInSeries}"')`

const toMember = ([key, id, parent, size, index]: readonly Row[string][]): SeriesMember => ({
  key: Number(key),
  id: idOfHex(String(id)),
  parent: Number(parent),
  size: Number(size),
  indexInSeries: index === null ? undefined : String(index),
})

/** The instances of a series behind a key, in order of arrival: a page of them. */
export function readSeriesMembers(session: Session, series: number, after: number): readonly SeriesMember[] {
  const sql = `SELECT ${memberColumns} FROM instances WHERE parent = ? AND key > ?
    ORDER BY key LIMIT ${archiveRowsPerPage}`
  return session.list(sql, series, after).map(toMember)
}

/** The same of single instances, in order of arrival; those that are gone are left out. */
export function readMembers(session: Session, keys: readonly number[]): readonly SeriesMember[] {
  const sql = `SELECT ${memberColumns} FROM instances WHERE key IN (SELECT value FROM json_each(?)) ORDER BY key`
  return session.list(sql, JSON.stringify(keys)).map(toMember)
}

/** The file of an instance, and what an archive tells of it. */
export interface ArchivedFile {
  readonly id: string
  readonly file: InstanceFile
  /** UTC, `YYYYMMDDTHHMMSS`; undefined when it is not known. */
  readonly received: string | undefined
}

/** By id, without those that are gone. */
export function locateFiles(session: Session, ids: readonly string[]): ReadonlyMap<string, ArchivedFile> {
  const sql = `SELECT lower(hex(id)), blob, size, md5, compressed_size, compressed_md5,
      json_extract(metadata, '$."${systemMetadata.ReceptionDate}"')
    FROM instances t WHERE ${hasIdIn('Instance', 't', '?1')}`
  const rows = session.list(sql, JSON.stringify(ids.map((id) => id.replaceAll('-', ''))))
  return new Map(
    rows.map(([hex, blob, size, md5, compressedSize, compressedMd5, received]) => {
      const id = idOfHex(String(hex))
      const file = readFile({
        blob,
        size,
        md5,
        compressed_size: compressedSize,
        compressed_md5: compressedMd5,
      })
      const date = received === null ? undefined : String(received)
      return [id, { id, file, received: date }]
    }),
  )
}
