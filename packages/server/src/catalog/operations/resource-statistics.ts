import { systemAttachments } from '../../model/attachment.ts'
import type { Level } from '../../model/level.ts'
import type { ResourceStatistics } from '../../model/resource.ts'
import { levelCode, type Row } from '../sqlite/columns.ts'
import type { Session } from '../sqlite/session.ts'
import { findKey } from './find-key.ts'

const none: ResourceStatistics = {
  studies: 0,
  series: 0,
  instances: 0,
  diskSize: 0,
  uncompressedSize: 0,
  dicomDiskSize: 0,
  dicomUncompressedSize: 0,
}

export function addStatistics(one: ResourceStatistics, other: ResourceStatistics): ResourceStatistics {
  return {
    studies: one.studies + other.studies,
    series: one.series + other.series,
    instances: one.instances + other.instances,
    diskSize: one.diskSize + other.diskSize,
    uncompressedSize: one.uncompressedSize + other.uncompressedSize,
    dicomDiskSize: one.dicomDiskSize + other.dicomDiskSize,
    dicomUncompressedSize: one.dicomUncompressedSize + other.dicomUncompressedSize,
  }
}

/** Instances that one step looks at, so that it stays short. */
const step = 2000

/** What adds up to the statistics of a resource, piece by piece; undefined for an unknown one. */
export function readResourceStatistics(
  session: Session,
  level: Level,
  id: string,
): Iterable<ResourceStatistics> | undefined {
  const key = findKey(session, level, id)
  if (key === undefined) return undefined
  if (level === 'Instance') return [{ ...ofInstances(session, 'key = ?', [key]).sums, instances: 0 }]
  return level === 'Series' ? ofSeries(session, key) : ofAncestor(session, level, key)
}

function* ofAncestor(
  session: Session,
  level: 'Patient' | 'Study',
  key: number,
): Generator<ResourceStatistics> {
  yield ofAttachments(session, level, 'SELECT ?', [key])
  const below = level === 'Patient' ? 'Study' : 'Series'
  const sql = `SELECT key FROM ${below === 'Study' ? 'studies' : 'series'} WHERE parent = ?`
  for (const row of session.all(sql, key)) {
    const child = Number(row.key)
    yield { ...none, [below === 'Study' ? 'studies' : 'series']: 1 }
    yield* below === 'Study' ? ofAncestor(session, below, child) : ofSeries(session, child)
  }
}

function* ofSeries(session: Session, key: number): Generator<ResourceStatistics> {
  yield ofAttachments(session, 'Series', 'SELECT ?', [key])
  let last: number | undefined = 0
  while (last !== undefined) {
    const { sums, lastKey } = ofInstances(session, 'parent = ? AND key > ?', [key, last])
    yield sums
    last = lastKey
  }
}

/** `lastKey` is undefined for the last ones. */
function ofInstances(
  session: Session,
  condition: 'key = ?' | 'parent = ? AND key > ?',
  values: readonly number[],
): { readonly sums: ResourceStatistics; readonly lastKey: number | undefined } {
  const page = `SELECT key, size, compressed_size FROM instances WHERE ${condition} ORDER BY key LIMIT ${step}`
  const row = session.get(
    `SELECT count(*) AS count, max(key) AS last, ${sumColumns} FROM (${page})`,
    ...values,
  )
  const instances = Number(row?.count)
  const dicom = sizesOf(row)
  const others = ofAttachments(session, 'Instance', `SELECT key FROM (${page})`, values)
  const files = {
    ...none,
    ...dicom,
    dicomDiskSize: dicom.diskSize,
    dicomUncompressedSize: dicom.uncompressedSize,
  }
  return {
    sums: addStatistics({ ...files, instances }, others),
    lastKey: instances < step ? undefined : Number(row?.last),
  }
}

const sumColumns = 'total(coalesce(compressed_size, size)) AS disk, total(size) AS plain'

const sizesOf = (row: Row | undefined) => ({
  diskSize: Number(row?.disk ?? 0),
  uncompressedSize: Number(row?.plain ?? 0),
})

function ofAttachments(
  session: Session,
  level: Level,
  keys: string,
  values: readonly number[],
): ResourceStatistics {
  const sql = `SELECT ${sumColumns} FROM attachments
    WHERE level = ${levelCode(level)} AND resource IN (${keys}) AND type <> ${systemAttachments.dicom}`
  return { ...none, ...sizesOf(session.get(sql, ...values)) }
}
