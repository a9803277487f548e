import type { Job, JobState } from '../model/job.ts'
import type { JsonValue } from '../model/json-value.ts'

export interface Submission {
  /** Of a type that the engine was given. */
  readonly type: string
  readonly parameters: JsonValue
  readonly priority?: number
  readonly permissive?: boolean
  readonly userData?: JsonValue | undefined
}

export interface JobQuery {
  readonly states?: readonly JobState[] | undefined
  readonly types?: readonly string[] | undefined
  /** Default: in the order of submission. */
  readonly order?: 'oldest' | 'newest' | 'priority' | undefined
  /** Jobs that are passed over. */
  readonly since?: number | undefined
  readonly limit?: number | undefined
}

/** Whether a command to a job was carried out: there may be no such job, or its state may not allow it. */
export type CommandOutcome = 'Done' | 'Unknown' | 'NotNow'

/** What those who follow jobs are told; it is told once, and never kept. */
export interface JobProgress {
  readonly job: Job
  /** Per cent. */
  readonly progress: number
}
