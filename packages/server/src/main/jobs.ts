import type { BlobStore } from '../blobs/blob-store.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Changes } from '../changes/changes.ts'
import type { Config } from '../config/options.ts'
import { dicomModalityStore } from '../job-types/dicom-modality-store.ts'
import type { JobType } from '../jobs/job-type.ts'
import { Jobs } from '../jobs/jobs.ts'
import type { Clock } from '../model/clock.ts'
import type { Log } from './log.ts'
import type { Storage } from './storage.ts'

export interface JobsSurroundings {
  readonly types: readonly JobType[]
  readonly blobs: BlobStore
  readonly catalog: Catalog
  readonly changes: Changes
  readonly clock: Clock
  readonly reclaim: () => void
  readonly log: Log
}

/** All kinds of jobs. */
export function jobTypes(
  config: Config,
  { resources, exports, remotes }: Pick<Storage, 'resources' | 'exports' | 'remotes'>,
): readonly JobType[] {
  return [
    dicomModalityStore({
      ...remotes,
      resources,
      recordExport: config.LogExportedResources ? (sent) => exports.record(sent) : undefined,
    }),
  ]
}

/** The engine, as it is configured. */
export function openJobs(
  config: Config,
  { types, blobs, catalog, changes, clock, reclaim, log }: JobsSurroundings,
): Jobs {
  return new Jobs({
    catalog: catalog.jobs,
    types,
    clock,
    options: {
      concurrentJobs: config.ConcurrentJobs,
      concurrency: config.JobsConcurrency,
      historySize: config.JobsHistorySize,
      keptOutputs: config.MediaArchiveSize,
      resumeJobs: config.SaveJobs,
    },
    readBlob: (key, span) => blobs.read(key, span),
    onPartsKept: (keys) => {
      for (const key of keys) blobs.confirm(key)
    },
    reclaim,
    nudge: () => changes.nudge(),
    log: log.child({ room: 'jobs' }),
  })
}
