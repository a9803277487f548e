import { claimJobs, renewJobs } from '../jobs/claim-jobs.ts'
import { commandJob, setJobPriority } from '../jobs/command-job.ts'
import { removeOutput, touchOutput } from '../jobs/outputs.ts'
import { recordRun } from '../jobs/record-run.ts'
import { recoverJobs, refuseJobs } from '../jobs/recover-jobs.ts'
import { discardBlobs, removeCompletedJob } from '../jobs/remove-job.ts'
import { submitJob } from '../jobs/submit-job.ts'
import { deleteAttachment, setAttachment } from '../operations/attachments.ts'
import { deleteSlice } from '../operations/delete-slice.ts'
import { recordDelivery } from '../operations/deliveries.ts'
import { clearExports, recordExport } from '../operations/exports.ts'
import { setLabel } from '../operations/labels.ts'
import { clearChanges } from '../operations/read-changes.ts'
import { forgetRemovals } from '../operations/removals.ts'
import { replaceTags } from '../operations/replace-tags.ts'
import { setProtected } from '../operations/set-protected.ts'
import { settle } from '../operations/settle.ts'
import { recordStable } from '../operations/stability.ts'
import { storeInstance } from '../operations/store-instance.ts'
import { setMetadata } from '../operations/user-metadata.ts'

/** The operations that change the catalog, by the name that the writer's messages carry. */
export const writes = {
  storeInstance,
  deleteSlice,
  setProtected,
  setLabel,
  setMetadata,
  setAttachment,
  deleteAttachment,
  replaceTags,
  recordStable,
  clearChanges,
  recordExport,
  clearExports,
  forgetRemovals,
  settle,
  recordDelivery,
  submitJob,
  claimJobs,
  renewJobs,
  recordRun,
  commandJob,
  setJobPriority,
  removeCompletedJob,
  recoverJobs,
  refuseJobs,
  discardBlobs,
  touchOutput,
  removeOutput,
} as const

export type Writes = typeof writes
export type WriteName = keyof Writes
export type WriteInput<Name extends WriteName> = Parameters<Writes[Name]>[1]
export type WriteResult<Name extends WriteName> = ReturnType<Writes[Name]>

export interface WriteRequest {
  readonly id: number
  readonly name: WriteName
  readonly input: unknown
  /** Not to be committed before the gate opens (`gateStates`). */
  readonly isGated?: boolean
}

/** What the thread that writes is started with. */
export interface WriterData {
  readonly path: string
  /** One number, of `gateStates`. */
  readonly gate: Int32Array
  /** Of a `CommitCount`. */
  readonly commits: SharedArrayBuffer
}

/** Of the number in shared memory that tells whether the one gated request may be committed. */
export const gateStates = { closed: 0, open: 1, never: 2 } as const

/** What a thread can tell of an error: cloning an Error loses its own fields. */
export interface WriteFailure {
  readonly message: string
  /** SQLite's extended result code (sqlite.org/rescode.html). */
  readonly code: number | undefined
}

export type WriteReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: WriteFailure }
