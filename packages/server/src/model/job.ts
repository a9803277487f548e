import type { ErrorPayload } from './domain-error.ts'
import type { ErrorCode } from './errors.ts'
import type { JsonObject, JsonValue } from './json-value.ts'

/** `Retry`: waits before it is tried again. */
export const jobStates = ['Pending', 'Running', 'Success', 'Failure', 'Paused', 'Retry'] as const

export type JobState = (typeof jobStates)[number]

/** Why a job failed, or waits in `Retry`. */
export interface JobError {
  readonly code: ErrorCode
  readonly details: string
  readonly payload: ErrorPayload | undefined
}

/** A job as the catalog keeps it. Times are milliseconds since 1970. */
export interface Job {
  /** Order of submission. */
  readonly number: number
  /** UUID. */
  readonly id: string
  readonly type: string
  /** The highest comes first. */
  readonly priority: number
  readonly state: JobState
  /** As the type stored them; the type parses them again, for they may be older than the program. */
  readonly parameters: JsonValue
  readonly userData: JsonValue | undefined
  /** Whether a step that fails is noted, and the job goes on. */
  readonly permissive: boolean
  /** Steps of the plan, those behind the cursor, and those of them that failed. */
  readonly steps: number
  readonly cursor: number
  readonly failedSteps: number
  /** What the steps found out so far that `describe` needs. */
  readonly facts: JsonObject
  readonly created: number
  readonly completed: number | undefined
  /** Milliseconds in `Running`, up to `started` if it runs now. */
  readonly runtime: number
  readonly started: number | undefined
  /** When it was last tried and failed for now: how often, and when it is tried again. */
  readonly attempts: number
  readonly due: number | undefined
  readonly error: JobError | undefined
}

/** Bytes of a finished output: blobs, one after the other. */
export interface OutputPart {
  readonly blob: string
  readonly size: number
}

/** What became of one resource that a job works on. */
export interface ResourceOutcome {
  /** Position in the outcomes of the job. */
  readonly number: number
  readonly resource: string
  readonly error: JobError | undefined
}

export interface JobLogLine {
  readonly number: number
  readonly time: number
  readonly level: 'info' | 'warning' | 'error'
  readonly text: string
}
