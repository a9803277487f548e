import type { Job, JobError, OutputPart } from '../model/job.ts'
import type { JsonObject, JsonValue } from '../model/json-value.ts'

/** What a step says when it is done. All of it is kept together with the cursor: it happened, or it did not. */
export interface StepOutcome {
  /** For later steps to read. */
  readonly result?: JsonObject
  /** Takes the place of the facts that `describe` gets. */
  readonly facts?: JsonObject
  /** Appended to the outputs of these names. The blobs are synced; from the checkpoint on they belong to the job. */
  readonly parts?: readonly (OutputPart & { readonly output: string })[]
}

/** Why a step is asked to stop before its end: it is run again later, unless the job was cancelled. */
export type Interruption = 'pause' | 'cancel' | 'shutdown' | 'lost'

export interface StepContext<Params> {
  readonly jobId: string
  readonly parameters: Params
  /** Position of the step in the plan. */
  readonly index: number
  readonly facts: JsonObject
  /** Aborts, with an `Interruption` as its reason, when the step should end early. A short step need not listen. */
  readonly signal: AbortSignal
  log(level: 'info' | 'warning' | 'error', text: string): void
  /** Share of this step that is done, from 0 to 1. */
  progress(share: number): void
  /** What became of a resource; kept with the checkpoint of this step. */
  report(resource: string, error?: JobError): void
  /** Results of the steps before, in their order. */
  results(): AsyncIterable<JsonObject>
}

/** Milliseconds; the delay doubles from `first` up to `longest`, with jitter. */
export interface RetryRule {
  /** How often a step that failed for now is tried again. */
  readonly times: number
  readonly first: number
  readonly longest: number
}

export interface OutputKind {
  readonly contentType: string
  filename(parameters: JsonValue): string
}

export interface Plan<Step> {
  readonly steps: readonly Step[]
  /** What `describe` needs before any step was run. */
  readonly facts?: JsonObject
}

/**
 * A kind of job, as a value. Parameters are JSON; they, the plan and the cursor live in the catalog, so that pause,
 * resume, resubmission and recovery after a crash are the same thing: steps are run from the cursor on.
 */
export interface JobTypeDefinition<Params, Step extends JsonValue> {
  /** Name on the wire, as in `DicomModalityStore`. */
  readonly name: string
  /** Errors: any, when what is stored cannot be understood; the job then fails with it. */
  parse(stored: JsonValue): Params
  /** Called once, when the job is submitted; kept. Errors are those of the submission. */
  plan(parameters: Params): Promise<Plan<Step>>
  /**
   * May happen twice: after a crash, a step that was done but not yet noted is run again.
   * An error fails the job, or with `permissive` the step alone; one that is `passing` makes it wait and try again.
   */
  run(step: Step, context: StepContext<Params>): Promise<StepOutcome | undefined>
  /** The public `Content`. */
  describe(parameters: Params, job: Job): JsonObject
  /** Without, errors that pass fail the job like others. */
  readonly retry?: RetryRule
  /** Jobs of this type that run at the same time; without, as many as the engine runs. */
  readonly concurrency?: number
  /** Without, or with `true`, it may be resubmitted; a text says why not. */
  readonly resubmission?: true | string
  readonly outputs?: Readonly<Record<string, OutputKind>>
}

/** The same for the engine, which knows no type. */
export type JobType = JobTypeDefinition<unknown, JsonValue>

/** Hides from the engine what only the type knows: it gets back exactly what it gave. */
export const jobType = <Params, Step extends JsonValue>(
  definition: JobTypeDefinition<Params, Step>,
): JobType => definition as unknown as JobType
