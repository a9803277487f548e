import { DicomError, inflatedStream, type Part10File, Part10Reader, readPart10 } from '@kingsfoil/dicom'
import type { BlobStore, ByteSpan } from '../blobs/blob-store.ts'
import { readFile } from '../blobs/compressed-blob.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { FileLocation, StoredResource } from '../catalog/operations/read-resources.ts'
import { type SeriesStatus, seriesStatus } from '../catalog/operations/series-status.ts'
import type { Allocate } from '../model/allocate.ts'
import { DomainError } from '../model/domain-error.ts'
import { childLevel, type Level, parentLevel } from '../model/level.ts'
import { limits } from '../model/limits.ts'
import { systemMetadata } from '../model/metadata.ts'
import { RecentCache } from '../model/recent-cache.ts'
import type { InstanceFile, Resource, ResourceStatistics, Statistics, TagValues } from '../model/resource.ts'
import { FreshCache } from './fresh-cache.ts'

export interface ResourcesDependencies {
  readonly blobs: BlobStore
  readonly catalog: Catalog
  /** Bytes of parsed headers kept in memory. */
  readonly cacheBytes: number
  /** Called when blobs have to be removed. */
  readonly reclaim: () => void
}

export interface ResourceDetails extends Resource {
  /** UTC, `YYYYMMDDTHHMMSS`; undefined for instances. */
  readonly lastUpdate: string | undefined
  readonly childIds: readonly string[]
  /** Of studies: the patient as the study's first file has it. */
  readonly patientMainTags: TagValues | undefined
  /** Of series. */
  readonly expectedInstances?: number | undefined
  /** Of series. */
  readonly status?: SeriesStatus
}

export interface InstanceContent {
  readonly file: InstanceFile
  readonly transferSyntaxUid: string
  /** The bytes of [start, end), as they came; in memory that `allocate` gives, or in their own. */
  read(range?: ByteSpan, allocate?: Allocate): AsyncIterable<Uint8Array>
  /** The file with a deflated data set inflated: what the offsets of `Resources.header` refer to. */
  readInflated(): AsyncIterable<Uint8Array>
}

export interface Removal {
  readonly remainingAncestor: { readonly level: Level; readonly id: string } | undefined
}

/** Bytes after the start of Pixel Data that show the reader its header (PS3.5 7.1.2). */
const pixelDataHeaderBytes = 12

/** Everything that is asked of, or done to, what is stored. Ids that are unknown give undefined, never an error. */
export class Resources {
  readonly #with: ResourcesDependencies
  readonly #headers: RecentCache<Part10File>
  readonly #details: FreshCache<ResourceDetails>
  readonly #locations: FreshCache<FileLocation>

  constructor(dependencies: ResourcesDependencies) {
    this.#with = dependencies
    this.#headers = new RecentCache(dependencies.cacheBytes)
    const version = () => dependencies.catalog.version()
    this.#details = new FreshCache({ version, budget: detailsBudget, sizeOf: sizeOfDetails })
    this.#locations = new FreshCache({ version, budget: locationsBudget, sizeOf: () => locationBytes })
  }

  statistics(): Promise<Statistics> {
    return this.#with.catalog.statistics()
  }

  /** Ids in order of arrival; `limit` 0 means all. */
  list(level: Level, page: { readonly since: number; readonly limit: number }): Promise<readonly string[]> {
    return this.#with.catalog.list(level, page)
  }

  /** The same object as long as nothing changes. */
  get(level: Level, id: string): Promise<ResourceDetails | undefined> {
    const load = async () => {
      const stored = await this.#with.catalog.get(level, id)
      return stored && this.#detail(stored)
    }
    return this.#details.read(`${level} ${id}`, load)
  }

  /** In the order asked for; unknown ids are left out. */
  async getMany(level: Level, ids: readonly string[]): Promise<readonly ResourceDetails[]> {
    const found: ResourceDetails[] = []
    for (const id of ids) {
      const details = await this.get(level, id)
      if (details !== undefined) found.push(details)
    }
    return found
  }

  async descendants(level: Level, id: string, of: Level): Promise<readonly string[] | undefined> {
    return this.#with.catalog.descendants(level, id, of)
  }

  /** Undefined for an unknown resource. */
  firstInstance(level: Level, id: string): Promise<string | undefined> {
    return this.#with.catalog.firstInstance(level, id)
  }

  /** Of one resource and all below it. */
  resourceStatistics(level: Level, id: string): Promise<ResourceStatistics | undefined> {
    return this.#with.catalog.resourceStatistics(level, id)
  }

  async ancestor(level: Level, id: string, of: Level): Promise<string | undefined> {
    let at: { level: Level; id: string } | undefined = { level, id }
    while (at !== undefined && at.level !== of) {
      const above = parentLevel(at.level)
      const parentId: string | undefined = (await this.#with.catalog.get(at.level, at.id))?.parentId
      at = above === undefined || parentId === undefined ? undefined : { level: above, id: parentId }
    }
    return at?.id
  }

  async remove(level: Level, id: string): Promise<Removal | undefined> {
    const removal = await this.#with.catalog.deleteResource({ level, id })
    if (removal !== undefined) this.#with.reclaim()
    return removal
  }

  /** False for an unknown patient. */
  setProtected(patientId: string, isProtected: boolean): Promise<boolean> {
    return this.#with.catalog.setProtected(patientId, isProtected)
  }

  /** What was read is read again from the files. */
  forgetHeaders(): void {
    this.#headers.clear()
  }

  /** The data set up to Pixel Data; `whole`: to the last element, values beyond the reader's limits left out. */
  async header(id: string, options: { readonly whole?: boolean } = {}): Promise<Part10File | undefined> {
    try {
      return await this.#header(id, options)
    } catch (error) {
      // Ingest looks only at what it needs: the rest of a file may be broken.
      if (error instanceof DicomError) throw new DomainError('BadFileFormat', error.message, { cause: error })
      throw error
    }
  }

  async #header(id: string, options: { readonly whole?: boolean }): Promise<Part10File | undefined> {
    const location = await this.#locate(id)
    if (location === undefined) return undefined
    if (options.whole === true) return readPart10(this.#read(location), readLimits)
    const cached = this.#headers.get(location.blobKey)
    if (cached !== undefined) return cached
    const file = await this.#parseHeader(location)
    const headerBytes = file.pixelData?.offset ?? location.size
    if (headerBytes <= cachedHeaderBytes)
      this.#headers.set(location.blobKey, file, headerBytes * parsedPerByte)
    return file
  }

  async #parseHeader(location: FileLocation): Promise<Part10File> {
    const { pixelDataOffset, size } = location
    if (pixelDataOffset === undefined) {
      return readPart10(this.#read(location), { ...readLimits, untilPixelData: true })
    }
    const end = Math.min(size, pixelDataOffset + pixelDataHeaderBytes)
    const reader = new Part10Reader({ ...readLimits, untilPixelData: true })
    for await (const chunk of readFile(this.#with.blobs, location, { start: 0, end })) reader.push(chunk)
    return reader.end()
  }

  #read(file: InstanceFile): AsyncIterable<Uint8Array> {
    return readFile(this.#with.blobs, file)
  }

  async file(id: string): Promise<InstanceContent | undefined> {
    const location = await this.#locate(id)
    if (location === undefined) return undefined
    const { transferSyntaxUid, pixelDataOffset: _, ...file } = location
    const read = (range?: ByteSpan, allocate?: Allocate) => readFile(this.#with.blobs, file, range, allocate)
    return {
      file,
      transferSyntaxUid,
      read,
      readInflated: () => inflatedStream(read()),
    }
  }

  async #detail(stored: StoredResource): Promise<ResourceDetails> {
    const { catalog } = this.#with
    const below = childLevel(stored.level)
    const details: ResourceDetails = {
      ...stored,
      childIds:
        below === undefined ? [] : ((await catalog.descendants(stored.level, stored.id, below)) ?? []),
    }
    if (stored.level === 'Series') return { ...details, ...(await this.#completeness(stored)) }
    if (stored.level !== 'Study' || stored.parentId === undefined) return details
    const patient = stored.patientMainTags ?? (await catalog.get('Patient', stored.parentId))?.mainTags
    return { ...details, patientMainTags: patient ?? {} }
  }

  #locate(id: string): Promise<FileLocation | undefined> {
    return this.#locations.read(id, () => this.#with.catalog.locateFile(id))
  }

  async #completeness(
    series: StoredResource,
  ): Promise<Pick<ResourceDetails, 'expectedInstances' | 'status'>> {
    const text = series.metadata[systemMetadata.ExpectedNumberOfInstances]
    if (text === undefined) return { expectedInstances: undefined, status: 'Unknown' }
    const expectedInstances = Number(text)
    const indexes = await this.#with.catalog.seriesIndexes(series.id)
    return { expectedInstances, status: seriesStatus(expectedInstances, indexes) }
  }
}

/** Longer headers are read again each time: a few of them would take the place of all others. */
const cachedHeaderBytes = 256 * 1024

/** Bytes of details, and of places of files, that are kept in memory. */
const [detailsBudget, locationsBudget] = [8 * 1024 * 1024, 4 * 1024 * 1024]

/** Roughly; details count with what is made of them for answers. */
const [locationBytes, detailsBytes, childBytes] = [512, 4096, 160]

const sizeOfDetails = ({ childIds }: ResourceDetails): number => detailsBytes + childIds.length * childBytes

/** Memory that a parsed header takes for each byte it has in the file, roughly. */
const parsedPerByte = 4

const readLimits = { limits: { maxHeaderBytes: limits.headerBytes } }
