import type { Dictionary } from '@kingsfoil/dicom'
import { FilesystemBlobStore } from '../blobs/filesystem-blob-store.ts'
import { Catalog } from '../catalog/catalog.ts'
import type { Capacity } from '../catalog/operations/make-room.ts'
import { Changes } from '../changes/changes.ts'
import { Deliveries } from '../changes/deliveries.ts'
import { Exports } from '../changes/exports.ts'
import { Stability } from '../changes/stability.ts'
import type { Config } from '../config/options.ts'
import { Find } from '../find/find.ts'
import { TagPlaces } from '../find/query-tag.ts'
import { Ingest } from '../ingest/ingest.ts'
import { type Adoption, rebuildCatalog } from '../ingest/rebuild-catalog.ts'
import { Reconstruct } from '../ingest/reconstruct.ts'
import { selectTags, type TextOptions } from '../ingest/summarize.ts'
import type { ArchiveJobs } from '../job-types/archive-jobs.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { MainTags } from '../model/main-tags.ts'
import { Attachments } from '../resources/attachments.ts'
import { checkStorage, type Finding } from '../resources/check-storage.ts'
import { Labels } from '../resources/labels.ts'
import { Reclaimer } from '../resources/reclaimer.ts'
import { ResourcePages } from '../resources/resource-pages.ts'
import { Resources } from '../resources/resources.ts'
import { UserMetadata } from '../resources/user-metadata.ts'
import { createDictionary } from './dictionary.ts'
import { openJobs } from './jobs.ts'
import { LiveEncoding } from './live-encoding.ts'
import type { Log } from './log.ts'
import { configuredMainTags } from './main-tags.ts'
import { createRemotes, type Remotes } from './remotes.ts'

/** Memory for the headers of instances that were asked for lately. */
const headerCacheBytes = 32 * 1024 * 1024

/** Undefined when nothing is limited. */
function capacityOf(config: Config): Capacity | undefined {
  const { MaximumStorageSize, MaximumPatientCount, MaximumStorageMode } = config
  if (MaximumStorageSize === 0 && MaximumPatientCount === 0) return undefined
  return { bytes: MaximumStorageSize * megabytes, patients: MaximumPatientCount, mode: MaximumStorageMode }
}

const megabytes = 1024 * 1024

/** Everything that lies around the stored files, held for this process alone until `close`. */
export interface Storage {
  readonly dictionary: Dictionary
  readonly encoding: LiveEncoding
  readonly mainTags: MainTags
  readonly changes: Changes
  readonly deliveries: Deliveries
  readonly exports: Exports
  readonly jobs: Jobs
  readonly archives: ArchiveJobs
  readonly remotes: Remotes
  readonly ingest: Ingest
  readonly resources: Resources
  readonly find: Find
  readonly labels: Labels
  readonly attachments: Attachments
  readonly userMetadata: UserMetadata
  readonly pages: ResourcePages
  readonly reconstruct: Reconstruct
  check(options: { readonly verify: boolean }): AsyncIterable<Finding>
  /** To be called before anything is received. Errors: see `Ingest.recover`. */
  recover(): Promise<{ readonly kept: number; readonly removed: number }>
  rebuild(): AsyncIterable<Adoption>
  /** Resolves when what became stable before is in the feed, unless that is much; from then on it is told when due. */
  watchStability(): Promise<void>
  close(): Promise<void>
}

/** Errors: `DatabaseUnavailable` when another process has the storage open. */
export async function openStorage(config: Config, log: Log): Promise<Storage> {
  const dictionary = createDictionary(config)
  const blobs = new FilesystemBlobStore(config.StorageDirectory)
  const catalog = await Catalog.open(config.IndexDirectory ?? config.StorageDirectory, {
    capacity: capacityOf(config),
    onRecycle: () => reclaim(),
  })
  const changes = new Changes(catalog)
  const clock = Date.now
  const reclaimer = new Reclaimer(blobs, catalog, (error) => {
    log.error({ room: 'resources', err: error }, 'A file that is no longer needed could not be removed')
  })
  const stability = createStability(config, catalog, changes, log)
  const reclaim = (): void => reclaimer.wake()
  const encoding = new LiveEncoding(config.DefaultEncoding)
  const mainTags = configuredMainTags(config, dictionary)
  const text = {
    dictionary,
    get defaultCharacterSet() {
      return encoding.defaultCharacterSet
    },
    mainTags: selectTags(mainTags),
  }
  const compress = config.StorageCompression
  const ingest = new Ingest({
    blobs,
    catalog,
    changes,
    clock,
    text,
    overwriteInstances: config.OverwriteInstances === 'Always',
    compress,
    reclaim,
  })
  const resources = new Resources({ blobs, catalog, cacheBytes: headerCacheBytes, reclaim })
  const exports = new Exports(catalog, clock)
  const remotes = createRemotes(config, dictionary)
  const holdBlobs = reclaimer.hold.bind(reclaimer)
  const around = { blobs, catalog, changes, clock, reclaim, holdBlobs, log, text }
  return {
    dictionary,
    encoding,
    mainTags,
    changes,
    deliveries: new Deliveries(catalog),
    exports,
    remotes,
    ...openJobs(config, { ...around, resources, exports, remotes }),
    ingest,
    resources,
    find: openFind(config, catalog, resources, { mainTags, text }),
    labels: new Labels(catalog),
    attachments: new Attachments({ blobs, catalog, changes, clock, compress, reclaim }),
    userMetadata: new UserMetadata({ catalog, changes, clock }),
    reconstruct: new Reconstruct({ blobs, catalog, text }),
    pages: new ResourcePages({ catalog }),
    check: (options) => checkStorage(catalog, blobs, options),
    recover: async () => {
      await catalog.finishDeletions()
      const outcome = await ingest.recover()
      reclaim()
      return outcome
    },
    rebuild: async function* () {
      // What was deleted must not come back.
      reclaim()
      await reclaimer.idle()
      yield* rebuildCatalog(ingest, catalog, blobs)
    },
    watchStability: () => stability.begin(),
    close: async () => {
      await remotes.sender.close()
      await stability.stop()
      await reclaimer.idle()
      await blobs.close()
      await catalog.close()
    },
  }
}

const createStability = (config: Config, catalog: Catalog, changes: Changes, log: Log): Stability =>
  new Stability({
    catalog,
    changes,
    clock: Date.now,
    stableAge: config.StableAge,
    onError: (error) => log.error({ room: 'changes', err: error }, 'What is stable could not be recorded'),
  })

function openFind(
  config: Config,
  catalog: Catalog,
  resources: Resources,
  { mainTags, text }: { readonly mainTags: MainTags; readonly text: TextOptions },
): Find {
  return new Find({
    search: catalog.search,
    places: new TagPlaces(mainTags),
    text,
    readHeader: async (id) => (await resources.header(id))?.dataSet,
    fileAccess: config.StorageAccessOnFind,
    limits: { results: config.LimitFindResults, instances: config.LimitFindInstances },
  })
}
