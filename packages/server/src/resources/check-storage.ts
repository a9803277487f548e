import { createHash } from 'node:crypto'
import type { BlobStore } from '../blobs/blob-store.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { CatalogFile } from '../catalog/operations/list-files.ts'
import type { Level } from '../model/level.ts'

/** Something in the storage that is not as it should be. */
export type Finding =
  | {
      readonly kind: 'missing'
      readonly level: Level | 'Job'
      readonly resourceId: string
      readonly blobKey: string
    }
  | {
      readonly kind: 'corrupt'
      readonly level: Level | 'Job'
      readonly resourceId: string
      readonly blobKey: string
      readonly details: string
    }
  | { readonly kind: 'orphan'; readonly blobKey: string; readonly size: number }

const pageSize = 1000

/**
 * Holds catalog and blob store against each other: every row must have its bytes, every blob its row. `verify`
 * reads all bytes again for their MD5. A blob that is missing and one that is an orphan may both be a removal
 * under way, unless nothing else has the storage open.
 */
export async function* checkStorage(
  catalog: Catalog,
  blobs: BlobStore,
  options: { readonly verify: boolean },
): AsyncGenerator<Finding> {
  let page = await catalog.files(undefined, pageSize)
  while (page.length > 0) {
    for (const file of page) yield* checkFile(file, blobs, options.verify)
    page = await catalog.files(page.at(-1)?.blobKey, pageSize)
  }
  for await (const blobKey of blobs.list()) {
    if (await catalog.hasBlob(blobKey)) continue
    const size = await blobs.size(blobKey)
    if (size !== undefined) yield { kind: 'orphan', blobKey, size }
  }
}

async function* checkFile(file: CatalogFile, blobs: BlobStore, verify: boolean): AsyncGenerator<Finding> {
  const { level, id: resourceId, blobKey } = file
  const size = await blobs.size(blobKey)
  if (size === undefined) {
    yield { kind: 'missing', level, resourceId, blobKey }
  } else if (size !== file.size) {
    yield { kind: 'corrupt', level, resourceId, blobKey, details: `${size} bytes instead of ${file.size}` }
  } else if (verify && file.md5 !== undefined) {
    const digest = createHash('md5')
    for await (const chunk of blobs.read(blobKey, { start: 0, end: size })) digest.update(chunk)
    const md5 = digest.digest('hex')
    if (md5 !== file.md5)
      yield { kind: 'corrupt', level, resourceId, blobKey, details: `MD5 ${md5} instead of ${file.md5}` }
  }
}
