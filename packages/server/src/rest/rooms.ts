import type { Changes } from '../changes/changes.ts'
import type { Deliveries } from '../changes/deliveries.ts'
import type { Exports } from '../changes/exports.ts'
import type { Find } from '../find/find.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { Reconstruct } from '../ingest/reconstruct.ts'
import type { ArchiveJobs } from '../job-types/archive-jobs.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { Modalities } from '../remotes/modalities.ts'
import type { ModalitySender } from '../remotes/modality-sender.ts'
import type { Attachments } from '../resources/attachments.ts'
import type { Labels } from '../resources/labels.ts'
import type { ResourcePages } from '../resources/resource-pages.ts'
import type { Resources } from '../resources/resources.ts'
import type { UserMetadata } from '../resources/user-metadata.ts'

/** What the routes use of the rooms behind them. */
export type IngestRoom = Pick<Ingest, 'receive'>

export type ChangesRoom = Pick<Changes, 'read' | 'happenings' | 'readLast' | 'clear' | 'onNudge'>

export type DeliveriesRoom = Pick<Deliveries, 'state' | 'list'>

export type ExportsRoom = Pick<Exports, 'read' | 'readLast' | 'clear'>

export type ResourcesRoom = Pick<
  Resources,
  | 'statistics'
  | 'list'
  | 'get'
  | 'getMany'
  | 'descendants'
  | 'ancestor'
  | 'firstInstance'
  | 'resourceStatistics'
  | 'remove'
  | 'setProtected'
  | 'header'
  | 'file'
  | 'forgetHeaders'
>

export type AttachmentsRoom = Pick<
  Attachments,
  'list' | 'get' | 'read' | 'readStored' | 'verify' | 'put' | 'remove' | 'setCompressed'
>

export type UserMetadataRoom = Pick<UserMetadata, 'revision' | 'set' | 'remove'>

export type FindRoom = Pick<Find, 'find' | 'findIds' | 'count' | 'readTags' | 'locate' | 'limitOf'>

export type LabelsRoom = Pick<Labels, 'list' | 'listAll' | 'add' | 'remove'>

export type PagesRoom = Pick<ResourcePages, 'read'>

export type ReconstructRoom = Pick<Reconstruct, 'one' | 'all'>

export type JobsRoom = Pick<
  Jobs,
  | 'submit'
  | 'attend'
  | 'get'
  | 'list'
  | 'listIds'
  | 'ended'
  | 'pause'
  | 'cancel'
  | 'resume'
  | 'resubmit'
  | 'setPriority'
  | 'remove'
  | 'describe'
  | 'progressOf'
  | 'output'
  | 'removeOutput'
  | 'outcomes'
  | 'log'
  | 'onProgress'
>

export type ArchivesRoom = Pick<ArchiveJobs, 'plan' | 'factsOf' | 'stream' | 'openStored' | 'spool'>
export interface RemotesRoom {
  readonly modalities: Pick<
    Modalities,
    'names' | 'find' | 'get' | 'set' | 'remove' | 'destination' | 'destinationOf'
  >
  readonly sender: Pick<ModalitySender, 'send' | 'verify'>
}
