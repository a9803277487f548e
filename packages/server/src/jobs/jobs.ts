import type { Clock } from '../model/clock.ts'
import type { Job, JobLogLine, ResourceOutcome } from '../model/job.ts'
import type { JsonObject } from '../model/json-value.ts'
import type { JobType, StepContext, StepOutcome } from './job-type.ts'
import type { CommandOutcome, JobProgress, JobQuery, Submission } from './submission.ts'

/** What the engine needs of a log; `pino` loggers fit. */
export interface JobsLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface JobsOptions {
  /** Jobs that run at the same time. */
  readonly concurrentJobs: number
  /** The same by type; others may take all of them, or what their type says. */
  readonly concurrency?: ReadonlyMap<string, number>
  /** Completed jobs that are kept. */
  readonly historySize: number
  /** Outputs of finished jobs that are kept, the ones used last. */
  readonly keptOutputs: number
  /** Whether jobs of an earlier process go on; otherwise they fail. */
  readonly resumeJobs: boolean
}

/** Bytes from `start` up to, not including, `end`; without `end`, to the last byte. */
export interface OutputSpan {
  readonly start: number
  readonly end?: number
}

/** A finished output of a job. */
export interface JobOutput {
  readonly size: number
  readonly contentType: string
  readonly filename: string
  read(span?: OutputSpan): AsyncIterable<Uint8Array>
}

/** A part of the outcomes, or of the log, of a job. */
export interface JobPage {
  /** Number after which to start; 0 for the first. */
  readonly since: number
  readonly limit: number
}

export interface JobsDependencies {
  readonly types: readonly JobType[]
  readonly clock: Clock
  readonly options: JobsOptions
  readonly readBlob: (key: string, span: OutputSpan) => AsyncIterable<Uint8Array>
  /** These blobs belong to a job from now on. */
  readonly onPartsKept: (keys: readonly string[]) => void
  /** Called when a commit has left blobs to remove. */
  readonly reclaim: () => void
  /** Called when the feed has something new. */
  readonly nudge: () => void
  readonly log: JobsLog
}

const follows = (): never => {
  throw new Error('Follows')
}

/** Runs jobs. */
export class Jobs {
  readonly #with: JobsDependencies

  constructor(dependencies: JobsDependencies) {
    this.#with = dependencies
  }

  /** Recovers what an earlier process left, then runs what waits. */
  async start(): Promise<void> {
    return follows()
  }

  /** Running jobs go back to those that wait; nothing of the engine is left running. */
  async stop(): Promise<void> {
    return follows()
  }

  /** Errors: those of the type's `parse` and `plan`; `BadParameterType` for a type that is not known. */
  async submit(_submission: Submission): Promise<Job> {
    return follows()
  }

  /**
   * A job that lives only as long as its submitter: `work` is run at once, without waiting for a slot. It can be
   * cancelled, not paused or resubmitted, and fails if this process ends.
   */
  async attend(
    _submission: Submission,
    _work: (context: StepContext<unknown>) => Promise<StepOutcome | undefined>,
  ): Promise<{ readonly id: string; readonly ended: Promise<Job> }> {
    return follows()
  }

  async get(_id: string): Promise<Job | undefined> {
    return follows()
  }

  async list(_query: JobQuery): Promise<readonly Job[]> {
    return follows()
  }

  /**
   * The job when it is over, also when the history does not keep it. Errors: `UnknownResource`; the signal's reason;
   * `DatabaseUnavailable` when the engine stops first.
   */
  async ended(_id: string, _signal?: AbortSignal): Promise<Job> {
    return follows()
  }

  async pause(_id: string): Promise<CommandOutcome> {
    return follows()
  }

  async cancel(_id: string): Promise<CommandOutcome> {
    return follows()
  }

  async resume(_id: string): Promise<CommandOutcome> {
    return follows()
  }

  /** Errors: `BadSequenceOfCalls` when its type forbids it. */
  async resubmit(_id: string): Promise<CommandOutcome> {
    return follows()
  }

  /** Of a job that waits. */
  async setPriority(_id: string, _priority: number): Promise<CommandOutcome> {
    return follows()
  }

  /** Of a completed job, with all it has. */
  async remove(_id: string): Promise<CommandOutcome> {
    return follows()
  }

  /** The public `Content`; empty for a job that its type does not understand. */
  describe(_job: Job): JsonObject {
    return follows()
  }

  /** Per cent. */
  progressOf(_job: Job): number {
    return follows()
  }

  async output(_id: string, _name: string): Promise<JobOutput | undefined> {
    return follows()
  }

  async removeOutput(_id: string, _name: string): Promise<boolean> {
    return follows()
  }

  /** Undefined for an unknown job. */
  async outcomes(_id: string, _page: JobPage): Promise<readonly ResourceOutcome[] | undefined> {
    return follows()
  }

  /** Undefined for an unknown job. */
  async log(_id: string, _page: JobPage): Promise<readonly JobLogLine[] | undefined> {
    return follows()
  }

  /** At most a few for each job and second, and one for each change of state. The result unsubscribes. */
  onProgress(_listener: (progress: JobProgress) => void): () => void {
    return follows()
  }
}
