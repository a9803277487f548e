import type { InstanceFile } from '../../model/resource.ts'
import { type Row, toBytes, toDigest, toUuid } from '../sqlite/columns.ts'
import type { SqlValue } from '../sqlite/session.ts'

/** The columns `blob`, `size`, `md5`, `compressed_size` and `compressed_md5`, which instances and attachments have. */
export function readFile(row: Readonly<Record<string, Row[string] | undefined>>): InstanceFile {
  const file = { blobKey: toUuid(row.blob), size: Number(row.size), md5: toDigest(row.md5) }
  if (row.compressed_size === null) return file
  return { ...file, compressed: { size: Number(row.compressed_size), md5: toDigest(row.compressed_md5) } }
}

/** Values for these columns, in this order. */
export function fileValues({ blobKey, size, md5, compressed }: InstanceFile): readonly SqlValue[] {
  const blob = [toBytes(blobKey), size, toBytes(md5)]
  return compressed === undefined
    ? [...blob, null, null]
    : [...blob, compressed.size, toBytes(compressed.md5)]
}
