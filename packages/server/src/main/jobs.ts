import { Archives } from '../archives/archives.ts'
import type { BlobStore } from '../blobs/blob-store.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Changes } from '../changes/changes.ts'
import type { Config } from '../config/options.ts'
import type { TextOptions } from '../ingest/summarize.ts'
import { ArchiveJobs } from '../job-types/archive-jobs.ts'
import { dicomModalityStore } from '../job-types/dicom-modality-store.ts'
import type { JobType } from '../jobs/job-type.ts'
import { Jobs } from '../jobs/jobs.ts'
import type { Clock } from '../model/clock.ts'
import type { Log } from './log.ts'
import type { Storage } from './storage.ts'

export interface JobsSurroundings extends Pick<Storage, 'resources' | 'exports' | 'remotes'> {
  readonly blobs: BlobStore
  readonly catalog: Catalog
  readonly changes: Changes
  readonly clock: Clock
  readonly reclaim: () => void
  readonly holdBlobs: (keys: readonly string[]) => () => void
  readonly log: Log
  /** Read each time: clients may change what is in it. */
  readonly text: Pick<TextOptions, 'dictionary' | 'defaultCharacterSet'>
}

/** The engine, as it is configured, and what its jobs do. */
export function openJobs(
  config: Config,
  around: JobsSurroundings,
): { readonly jobs: Jobs; readonly archives: ArchiveJobs } {
  const { blobs, catalog, changes, clock, reclaim, holdBlobs, log, text } = around
  const archives = new ArchiveJobs({
    archives: new Archives({ blobs, catalog }),
    resources: around.resources,
    text,
    clock,
    log: log.child({ room: 'archives' }),
  })
  const jobs = new Jobs({
    catalog: catalog.jobs,
    types: [...archives.types, storeType(config, around)],
    clock,
    options: {
      concurrentJobs: config.ConcurrentJobs,
      concurrency: config.JobsConcurrency,
      historySize: config.JobsHistorySize,
      keptOutputs: config.MediaArchiveSize,
      resumeJobs: config.SaveJobs,
    },
    readBlob: (key, span) => blobs.read(key, span),
    holdBlobs,
    onPartsKept: (keys) => {
      for (const key of keys) blobs.confirm(key)
    },
    reclaim,
    nudge: () => changes.nudge(),
    log: log.child({ room: 'jobs' }),
  })
  return { jobs, archives }
}

const storeType = (config: Config, { resources, exports, remotes }: JobsSurroundings): JobType =>
  dicomModalityStore({
    ...remotes,
    resources,
    recordExport: config.LogExportedResources ? (sent) => exports.record(sent) : undefined,
  })
