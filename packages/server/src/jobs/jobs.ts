import { hash, randomUUID } from 'node:crypto'
import type { Catalog } from '../catalog/catalog.ts'
import type { Changed } from '../catalog/jobs/complete-job.ts'
import type { Retention, StoredJob } from '../catalog/jobs/job-row.ts'
import { type NewJob, stepsPerChunk } from '../catalog/jobs/submit-job.ts'
import type { Clock } from '../model/clock.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Job, JobError, JobLogLine, OutputPart, ResourceOutcome } from '../model/job.ts'
import type { JobCommand } from '../model/job-transitions.ts'
import type { JsonObject } from '../model/json-value.ts'
import { Endings } from './endings.ts'
import { Engine } from './engine.ts'
import { type JobLimits, jobLimits } from './job-limits.ts'
import type { Work } from './job-run.ts'
import type { JobType } from './job-type.ts'
import type { JobsLog } from './jobs-log.ts'
import { type OutputSpan, sliceParts } from './output-slices.ts'
import { ProgressBoard, percentOf } from './progress-board.ts'
import type { CommandOutcome, JobProgress, JobQuery, Submission } from './submission.ts'

export interface JobsOptions {
  /** Jobs that run at the same time; 0: one for each core. */
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

/** A finished output of a job. */
export interface JobOutput {
  readonly size: number
  readonly contentType: string
  readonly filename: string
  /** Another one when it was made anew. */
  readonly fingerprint: string
  read(span?: OutputSpan): AsyncIterable<Uint8Array>
}

/** A part of the outcomes, or of the log, of a job. */
export interface JobPage {
  /** Number after which to start; 0 for the first. */
  readonly since: number
  readonly limit: number
}

export interface JobsDependencies {
  readonly catalog: Catalog['jobs']
  readonly types: readonly JobType[]
  readonly clock: Clock
  readonly options: JobsOptions
  readonly readBlob: (key: string, span: OutputSpan) => AsyncIterable<Uint8Array>
  /** These blobs stay until the result is called, whatever becomes of their job. */
  readonly holdBlobs: (keys: readonly string[]) => () => void
  /** These blobs belong to a job from now on. */
  readonly onPartsKept: (keys: readonly string[]) => void
  /** Called when a commit has left blobs to remove. */
  readonly reclaim: () => void
  /** Called when the feed has something new. */
  readonly nudge: () => void
  readonly log: JobsLog
  /** From 0 to 1. Default: by chance. */
  readonly random?: () => number
  readonly limits?: JobLimits
}

/** Why jobs of an earlier process do not go on. */
const notResumed: JobError = {
  code: 'CanceledJob',
  details: 'The server was started without its earlier jobs',
  payload: undefined,
}

const unknownType: JobError = {
  code: 'NotImplemented',
  details: 'The server knows no jobs of this type',
  payload: undefined,
}

const listingOf = ({ states, types, order = 'oldest', since = 0, limit }: JobQuery) => ({
  states,
  types,
  order,
  since,
  limit,
})

const isOver = ({ state }: Job): boolean => state === 'Success' || state === 'Failure'

/**
 * Jobs: what is submitted is in the catalog before anybody is told its id, and runs step by step. The engine knows no
 * type; it is given them. All that it does is woken by something that happened: nothing polls.
 */
export class Jobs {
  readonly #with: JobsDependencies
  readonly #types: ReadonlyMap<string, JobType>
  readonly #limits: JobLimits
  readonly #retention: Retention
  readonly #engine: Engine
  readonly #endings: Endings
  readonly #board: ProgressBoard
  #attended = 0

  constructor(dependencies: JobsDependencies) {
    const { options, types, limits = jobLimits, random = Math.random } = dependencies
    this.#with = dependencies
    this.#retention = { history: options.historySize, outputs: options.keptOutputs }
    this.#types = new Map(types.map((type) => [type.name, type]))
    this.#limits = limits
    this.#endings = new Endings(limits.recentEnds)
    this.#board = new ProgressBoard(limits.progressInterval)
    this.#engine = new Engine({
      ...dependencies,
      types: this.#types,
      limits,
      random,
      retention: this.#retention,
      concurrentJobs: options.concurrentJobs,
      concurrency: options.concurrency ?? new Map(),
      onMove: ({ job, share }) => this.#board.moved(job, share),
      onChange: (changed) => this.#changed(changed),
      onLost: (job) => this.#lost(job),
    })
  }

  /** Recovers what an earlier process left, then runs what waits. */
  async start(): Promise<void> {
    for (const type of this.#with.options.concurrency?.keys() ?? []) {
      if (!this.#types.has(type))
        this.#with.log.warn({ type }, 'There are no jobs of this type to be limited')
    }
    const { catalog, clock, options, log, reclaim, nudge } = this.#with
    const retention = this.#retention
    const { released, freed } = await catalog.recover({ owner: this.#engine.owner, now: clock(), retention })
    if (released > 0) log.info({ jobs: released }, 'Jobs ran when the server ended; they go on')
    if (freed) reclaim()
    if (!options.resumeJobs) await this.#refuse(undefined, notResumed)
    else await this.#refuse([...this.#types.keys()], unknownType)
    nudge()
    this.#engine.start()
  }

  /** Running jobs go back to those that wait; nothing of the engine is left running. */
  async stop(): Promise<void> {
    await this.#engine.stop()
    const reason = 'The server stops; the job goes on when it starts again'
    this.#endings.giveUp(new DomainError('DatabaseUnavailable', reason))
  }

  async #refuse(except: readonly string[] | undefined, error: JobError): Promise<void> {
    const { catalog, clock, log, reclaim } = this.#with
    const limit = this.#limits.refusedAtOnce
    let total = 0
    for (let count = limit; count === limit; total += count) {
      const refused = await catalog.refuse({ now: clock(), error, except, limit })
      count = refused.count
      if (refused.freed) reclaim()
    }
    if (total > 0) log.warn({ jobs: total }, `Jobs that waited have failed: ${error.details}`)
  }

  /** Errors: those of the type's `parse` and `plan`; `BadParameterType` for a type that is not known. */
  async submit(submission: Submission): Promise<Job> {
    const type = this.#typeOf(submission)
    const { steps, facts = {} } = await type.plan(type.parse(submission.parameters))
    const plan: string[] = []
    for (let index = 0; index < steps.length; index += stepsPerChunk) {
      plan.push(JSON.stringify(steps.slice(index, index + stepsPerChunk)))
    }
    const job = await this.#submit(submission, { steps: steps.length, plan, facts, attendedBy: undefined })
    this.#engine.wake()
    return job
  }

  /**
   * A job that lives only as long as its submitter: `work` is run at once, without waiting for a slot. It can be
   * cancelled, not paused or resubmitted, and fails if this process ends. Errors: as those of `submit`;
   * `DatabaseUnavailable` when the engine does not run; `NotEnoughMemory` when as many are attended as may be.
   */
  async attend(
    submission: Submission,
    work: Work,
    facts: JsonObject = {},
  ): Promise<{ readonly id: string; readonly ended: Promise<Job> }> {
    const type = this.#typeOf(submission)
    type.parse(submission.parameters)
    if (!this.#engine.isStarted) throw new DomainError('DatabaseUnavailable', 'The server stops')
    const leave = this.#enter()
    try {
      const own = { steps: 1, plan: [], facts, attendedBy: this.#engine.owner }
      const job = await this.#submit(submission, own)
      const { end } = this.#endings.wait(job.id)
      this.#engine.attend(job, type, work)
      end.then(leave, leave)
      return { id: job.id, ended: end }
    } catch (error) {
      leave()
      throw error
    }
  }

  /** One more is attended, until the result is called. */
  #enter(): () => void {
    if (this.#attended >= this.#limits.attended)
      throw new DomainError('NotEnoughMemory', 'As many jobs as may be belong to answers that are being sent')
    this.#attended += 1
    return () => {
      this.#attended -= 1
    }
  }

  #typeOf({ type }: Submission): JobType {
    const found = this.#types.get(type)
    if (found === undefined) throw new DomainError('BadParameterType', `There are no jobs of type ${type}`)
    return found
  }

  async #submit(
    { type, parameters, priority = 0, permissive = false, userData }: Submission,
    plan: Pick<NewJob, 'steps' | 'plan' | 'facts' | 'attendedBy'>,
  ): Promise<StoredJob> {
    const own = { id: randomUUID(), type, priority, parameters, userData, permissive }
    const job = await this.#with.catalog.submit({ ...own, ...plan, created: this.#with.clock() })
    this.#changed({ job, freed: false })
    return job
  }

  get(id: string): Promise<Job | undefined> {
    return this.#with.catalog.get(id)
  }

  list(query: JobQuery): Promise<readonly Job[]> {
    return this.#with.catalog.list(listingOf(query))
  }

  listIds(query: JobQuery): Promise<readonly string[]> {
    return this.#with.catalog.listIds(listingOf(query))
  }

  /**
   * The job when it is over, also when the history does not keep it. Errors: `UnknownResource`; the signal's reason;
   * `DatabaseUnavailable` when the engine stops first.
   */
  async ended(id: string, signal?: AbortSignal): Promise<Job> {
    signal?.throwIfAborted()
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    // Nobody may be listening yet.
    aborted.catch(() => undefined)
    const abort = (): void => reject(signal?.reason)
    signal?.addEventListener('abort', abort)
    const { end, leave } = this.#endings.wait(id)
    try {
      const job = (await this.get(id)) ?? this.#endings.recent(id)
      if (job === undefined) throw new DomainError('UnknownResource', 'There is no such job')
      return isOver(job) ? job : await Promise.race([end, aborted])
    } finally {
      leave()
      signal?.removeEventListener('abort', abort)
    }
  }

  pause(id: string): Promise<CommandOutcome> {
    return this.#command(id, 'pause')
  }

  cancel(id: string): Promise<CommandOutcome> {
    return this.#command(id, 'cancel')
  }

  resume(id: string): Promise<CommandOutcome> {
    return this.#command(id, 'resume')
  }

  /** Errors: `BadSequenceOfCalls` when its type forbids it. */
  async resubmit(id: string): Promise<CommandOutcome> {
    const job = await this.#with.catalog.get(id)
    if (job?.state === 'Failure') {
      const allowed = this.#types.get(job.type)?.resubmission ?? true
      if (allowed !== true) throw new DomainError('BadSequenceOfCalls', allowed)
    }
    return this.#command(id, 'resubmit')
  }

  async #command(id: string, command: JobCommand): Promise<CommandOutcome> {
    const { catalog, clock } = this.#with
    const commanded = await catalog.command({ id, command, now: clock(), retention: this.#retention })
    if (commanded.outcome !== 'Done') return commanded.outcome
    const { wish } = commanded.job
    this.#changed(commanded)
    if (wish !== undefined) await this.#engine.interrupt(commanded.job.number, wish)
    this.#engine.wake()
    return 'Done'
  }

  /** Of a job that waits. */
  async setPriority(id: string, priority: number): Promise<CommandOutcome> {
    return (await this.#with.catalog.setPriority({ id, priority })).outcome
  }

  /** Of a completed job, with all that it has. */
  async remove(id: string): Promise<CommandOutcome> {
    const { outcome, freed } = await this.#with.catalog.remove(id)
    if (freed) this.#with.reclaim()
    return outcome
  }

  /** The public `Content`; empty for a job that its type does not understand. */
  describe(job: Job): JsonObject {
    const type = this.#types.get(job.type)
    try {
      return type?.describe(type.parse(job.parameters), job) ?? {}
    } catch (error) {
      this.#with.log.debug({ err: error, job: job.id }, 'A job cannot be described')
      return {}
    }
  }

  /** Per cent. */
  progressOf(job: Job): number {
    const run = job.state === 'Running' ? this.#engine.runOf(job.number) : undefined
    return run === undefined ? percentOf(job) : percentOf(run.job, run.share)
  }

  async output(id: string, name: string): Promise<JobOutput | undefined> {
    const { catalog } = this.#with
    const [job, found] = await Promise.all([catalog.get(id), catalog.output({ id, output: name })])
    if (job === undefined || found === undefined) return undefined
    if (!found.isNewest) await catalog.touchOutput({ id, output: name })
    const kind = this.#types.get(job.type)?.outputs?.[name]
    return {
      size: found.parts.reduce((total, { size }) => total + size, 0),
      contentType: kind?.contentType ?? 'application/octet-stream',
      filename: kind?.filename(job.parameters) ?? name,
      fingerprint: hash('md5', found.parts.at(-1)?.blob ?? ''),
      read: (span = { start: 0 }) => this.#read(found.parts, span),
    }
  }

  /** Neither a newer output that takes its place nor who forgets it cuts off a reader. */
  async *#read(parts: readonly OutputPart[], span: OutputSpan): AsyncGenerator<Uint8Array> {
    const pieces = [...sliceParts(parts, span)]
    const release = this.#with.holdBlobs(pieces.map(({ blob }) => blob))
    try {
      for (const { blob, start, end } of pieces) yield* this.#with.readBlob(blob, { start, end })
    } finally {
      release()
    }
  }

  /** False when there is none. */
  async removeOutput(id: string, name: string): Promise<boolean> {
    const isRemoved = await this.#with.catalog.removeOutput({ id, output: name })
    if (isRemoved) this.#with.reclaim()
    return isRemoved
  }

  /** Undefined for an unknown job. */
  outcomes(id: string, page: JobPage): Promise<readonly ResourceOutcome[] | undefined> {
    return this.#with.catalog.outcomes(id, page)
  }

  /** Undefined for an unknown job. */
  log(id: string, page: JobPage): Promise<readonly JobLogLine[] | undefined> {
    return this.#with.catalog.log(id, page)
  }

  /** At most a few for each job and second, and one for each change of state. The result unsubscribes. */
  onProgress(listener: (progress: JobProgress) => void): () => void {
    return this.#board.listen(listener)
  }

  #changed({ job, freed }: Changed): void {
    if (freed) this.#with.reclaim()
    if (isOver(job)) this.#endings.settle(job)
    this.#board.changed(job)
    this.#with.nudge()
  }

  /** Its run does not know whether its end was noted. Never rejects. */
  async #lost({ id }: StoredJob): Promise<void> {
    try {
      const job = await this.#with.catalog.get(id)
      if (job !== undefined) this.#changed({ job, freed: false })
    } catch (error) {
      this.#with.log.error({ err: error, job: id }, 'What became of a job could not be read')
    }
  }
}
