import type { BlobStore } from '../blobs/blob-store.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Ingest } from './ingest.ts'

export type Adoption =
  | { readonly blobKey: string; readonly outcome: 'known' | 'adopted' | 'duplicate' | 'empty' }
  | { readonly blobKey: string; readonly outcome: 'refused'; readonly details: string }

/**
 * Gives every blob that has no row in the catalog its row again; what the bytes do not tell (who sent it, when, to
 * whom) is lost with the old catalog. Blobs that are no DICOM files are reported and left where they are.
 */
export async function* rebuildCatalog(
  ingest: Ingest,
  catalog: Catalog,
  blobs: BlobStore,
): AsyncGenerator<Adoption> {
  for await (const blobKey of blobs.list()) {
    if (await catalog.hasBlob(blobKey)) yield { blobKey, outcome: 'known' }
    else if ((await blobs.size(blobKey)) === 0) yield { blobKey, outcome: 'empty' }
    else yield await adopt(ingest, blobKey)
  }
  if (!catalog.isSettled) await catalog.settle()
}

async function adopt(ingest: Ingest, blobKey: string): Promise<Adoption> {
  try {
    const { status } = await ingest.adopt(blobKey)
    return { blobKey, outcome: status === 'Success' ? 'adopted' : 'duplicate' }
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'BadFileFormat') throw error
    return { blobKey, outcome: 'refused', details: error.message }
  }
}
