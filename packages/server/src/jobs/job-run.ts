import { setTimeout as pause } from 'node:timers/promises'
import type { CatalogJobs } from '../catalog/jobs/catalog-jobs.ts'
import type { Changed } from '../catalog/jobs/complete-job.ts'
import type { Retention, RunName, StoredJob } from '../catalog/jobs/job-row.ts'
import type { RunEnd, RunRecord } from '../catalog/jobs/record-run.ts'
import { abandoned } from '../catalog/jobs/release-run.ts'
import { stepsPerChunk } from '../catalog/jobs/submit-job.ts'
import type { Clock } from '../model/clock.ts'
import { DomainError } from '../model/domain-error.ts'
import type { JsonObject, JsonValue } from '../model/json-value.ts'
import { describeFailure } from './job-failure.ts'
import type { JobLimits } from './job-limits.ts'
import type { Interruption, JobType, StepContext, StepOutcome } from './job-type.ts'
import type { JobsLog } from './jobs-log.ts'
import { retryDelay } from './retry-delay.ts'
import { StepNotes } from './step-notes.ts'

export interface RunDependencies {
  readonly catalog: CatalogJobs
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  readonly limits: JobLimits
  readonly retention: Retention
  readonly onPartsKept: (keys: readonly string[]) => void
  readonly reclaim: () => void
  /** Called when the job is further than before. */
  readonly onMove: (run: JobRun) => void
  readonly log: JobsLog
}

/** What a job does instead of the steps of its plan. */
export type Work = (context: StepContext<unknown>) => Promise<StepOutcome | undefined>

/** The outcome of a step as it is kept. */
interface KeptOutcome {
  readonly facts: JsonObject | undefined
  /** JSON. */
  readonly result: string | undefined
  readonly parts: NonNullable<StepOutcome['parts']>
}

const nothing: KeptOutcome = { facts: undefined, result: undefined, parts: [] }

/** What is no JSON fails the step. */
const keep = ({ facts, result, parts = [] }: StepOutcome): KeptOutcome => ({
  facts: facts && (JSON.parse(JSON.stringify(facts)) as JsonObject),
  result: result && JSON.stringify(result),
  parts,
})

/** How a step ended. */
type Attempt =
  | { readonly kind: 'done'; readonly outcome: KeptOutcome; readonly notes: StepNotes }
  | { readonly kind: 'failed'; readonly error: unknown; readonly notes: StepNotes }
  | { readonly kind: 'interrupted'; readonly notes: StepNotes }

/** The last things that a run has to say. */
interface Conclusion extends Partial<Pick<RunRecord, 'checkpoint' | 'lines' | 'outcomes'>> {
  readonly end: RunEnd
}

/** The stronger ones come later. */
const interruptions: readonly Interruption[] = ['pause', 'shutdown', 'cancel', 'lost']

const isStronger = (reason: Interruption, other: Interruption | undefined): boolean =>
  other === undefined || interruptions.indexOf(reason) > interruptions.indexOf(other)

/**
 * One run of a job, from its cursor to wherever it gets. While a step runs, the checkpoint of the one before it may
 * still be on its way to the disk: steps may be repeated, but the job is over only after its last one was noted.
 */
export class JobRun {
  readonly #with: RunDependencies
  readonly #type: JobType
  readonly #name: RunName
  readonly #work: Work | undefined
  readonly #controller = new AbortController()
  /** Rejects when the step is not waited for any more. */
  readonly #abandoned = Promise.withResolvers<never>()
  readonly #stopping = new AbortController()
  readonly #began = performance.now()
  #job: StoredJob
  #share = 0
  #chunk: { readonly number: number; readonly steps: readonly JsonValue[] } | undefined
  #interruption: Interruption | undefined
  #grace: NodeJS.Timeout | undefined
  /** The checkpoint that is being written. Never rejects. */
  #writing: Promise<void> = Promise.resolve()
  #writeFailure: unknown

  constructor(dependencies: RunDependencies, type: JobType, job: StoredJob, name: RunName, work?: Work) {
    this.#with = dependencies
    this.#type = type
    this.#job = job
    this.#name = name
    this.#work = work
    this.#abandoned.promise.catch(() => undefined)
  }

  /** As it is by now, also when that is not noted yet. */
  get job(): StoredJob {
    return this.#job
  }

  /** Of the step that runs, from 0 to 1. */
  get share(): number {
    return this.#share
  }

  /** The step that runs is the last one, and is asked to stop after so many milliseconds. */
  interrupt(reason: Interruption, grace: number): void {
    if (reason === 'shutdown') this.#stopping.abort()
    if (!isStronger(reason, this.#interruption)) return
    this.#interruption = reason
    clearTimeout(this.#grace)
    if (grace === 0) this.#controller.abort(reason)
    else this.#grace = setTimeout(() => this.#controller.abort(reason), grace).unref()
  }

  /** The step is waited for no longer; what it says comes to nothing. */
  abandon(): void {
    this.#stopping.abort()
    this.#controller.abort('shutdown')
    this.#abandoned.reject(new Error('The step was abandoned'))
  }

  /** Gives what became of the job; undefined when that is not for this run to say any more. */
  async run(): Promise<Changed | undefined> {
    try {
      const conclusion = await this.#takeSteps().catch((error: unknown) => ({ end: this.#failure(error) }))
      return await this.#conclude(conclusion)
    } finally {
      clearTimeout(this.#grace)
    }
  }

  async #takeSteps(): Promise<Conclusion> {
    let parameters: unknown
    try {
      parameters = this.#type.parse(this.#job.parameters)
    } catch (error) {
      return { end: this.#failure(error) }
    }
    while (this.#job.cursor < this.#job.steps) {
      // Somebody waits for the work to be called.
      const isStopped = this.#interruption !== undefined && this.#work === undefined
      if (isStopped) return { end: this.#endOf(this.#interruption ?? 'shutdown') }
      const attempt = await this.#attempt(this.#job.cursor, parameters)
      const conclusion = await this.#judge(attempt)
      if (conclusion !== undefined) return conclusion
    }
    return { end: { event: 'finish' } }
  }

  async #attempt(index: number, parameters: unknown): Promise<Attempt> {
    const notes = new StepNotes(this.#with.clock, this.#with.limits)
    this.#share = 0
    try {
      const context = this.#contextOf(index, parameters, notes)
      const outcome = await Promise.race([this.#perform(index, context), this.#abandoned.promise])
      return { kind: 'done', outcome: outcome === undefined ? nothing : keep(outcome), notes }
    } catch (error) {
      return this.#controller.signal.aborted
        ? { kind: 'interrupted', notes }
        : { kind: 'failed', error, notes }
    }
  }

  async #perform(index: number, context: StepContext<unknown>): Promise<StepOutcome | undefined> {
    if (this.#work !== undefined) return this.#work(context)
    return this.#type.run(await this.#stepAt(index), context)
  }

  async #stepAt(index: number): Promise<JsonValue> {
    const number = Math.floor(index / stepsPerChunk)
    if (this.#chunk?.number !== number) {
      this.#chunk = { number, steps: await this.#with.catalog.steps(this.#job.number, number) }
    }
    const step = this.#chunk.steps[index % stepsPerChunk]
    if (step === undefined) throw new Error(`No step ${index}`)
    return step
  }

  #contextOf(index: number, parameters: unknown, notes: StepNotes): StepContext<unknown> {
    return {
      jobId: this.#job.id,
      parameters,
      index,
      facts: this.#job.facts,
      signal: this.#controller.signal,
      log: (level, text) => notes.log(level, text),
      progress: (share) => {
        if (this.#job.cursor !== index) return
        this.#share = Math.min(1, Math.max(0, share))
        this.#with.onMove(this)
      },
      report: (resource, error) => notes.report(resource, error),
      results: () => this.#results(index),
    }
  }

  async *#results(index: number): AsyncGenerator<JsonObject> {
    await this.#writing
    const limit = this.#with.limits.resultsPage
    for (let after = -1; ; ) {
      this.#controller.signal.throwIfAborted()
      const page = await this.#with.catalog.results(this.#job.number, { after, before: index, limit })
      for (const { result } of page) yield result
      if (page.length < limit) return
      after = page.at(-1)?.step ?? index
    }
  }

  /** Undefined when the next step follows. */
  async #judge(attempt: Attempt): Promise<Conclusion | undefined> {
    const { kind, notes } = attempt
    switch (kind) {
      case 'interrupted':
        return { end: this.#endOf(this.#interruption ?? 'shutdown'), lines: notes.lines }
      case 'done':
        return this.#goOn(notes, attempt.outcome)
      case 'failed':
        return this.#judgeFailure(attempt.error, notes)
    }
  }

  async #judgeFailure(error: unknown, notes: StepNotes): Promise<Conclusion | undefined> {
    const retry = this.#retryOf(error)
    if (retry !== undefined) {
      const seconds = (retry.delay / 1000).toFixed(1)
      notes.log('warning', `${retry.error.details || retry.error.code}; is tried again in ${seconds} s`)
      return { end: retry, lines: notes.lines }
    }
    const end = this.#failure(error)
    notes.log('error', end.error.details || end.error.code)
    if (!this.#job.permissive || this.#work !== undefined) return { end, ...allOf(notes) }
    return this.#goOn(notes, nothing, 1)
  }

  #retryOf(error: unknown): Extract<RunEnd, { event: 'failForNow' }> | undefined {
    const rule = this.#type.retry
    const attempts = this.#job.attempts + 1
    if (!(error instanceof DomainError) || error.passing === undefined || rule === undefined) return undefined
    if (this.#work !== undefined || attempts > rule.times) return undefined
    const delay = retryDelay(error, rule, attempts, this.#with.random())
    return { event: 'failForNow', error: this.#failure(error).error, attempts, delay }
  }

  #failure(error: unknown): Extract<RunEnd, { event: 'fail' }> {
    return { event: 'fail', error: describeFailure(error, this.#job.id, this.#with.log) }
  }

  /** The step is over. Gives the conclusion when it was the last one. */
  async #goOn(
    notes: StepNotes,
    { facts, result, parts }: KeptOutcome,
    failed: 0 | 1 = 0,
  ): Promise<Conclusion | undefined> {
    this.#share = 0
    this.#job = {
      ...this.#job,
      cursor: this.#job.cursor + 1,
      failedSteps: this.#job.failedSteps + failed,
      facts: facts ?? this.#job.facts,
      attempts: 0,
    }
    this.#with.onMove(this)
    const { cursor, steps, failedSteps } = this.#job
    const checkpoint = { cursor, failedSteps, facts: JSON.stringify(this.#job.facts), result, parts }
    const said = { checkpoint, ...allOf(notes) }
    if (cursor === steps) return { end: { event: 'finish' }, ...said }
    if (this.#interruption !== undefined) return { end: this.#endOf(this.#interruption), ...said }
    await this.#write(said)
    return undefined
  }

  #endOf(interruption: Interruption): RunEnd {
    if (this.#writeFailure !== undefined) return this.#failure(this.#writeFailure)
    switch (interruption) {
      case 'pause':
      case 'cancel':
        return { event: interruption }
      case 'shutdown':
      case 'lost':
        return this.#work === undefined ? { event: 'giveBack' } : { event: 'fail', error: abandoned }
    }
  }

  /** At most one checkpoint is on its way. */
  async #write(said: Omit<Conclusion, 'end'>): Promise<void> {
    await this.#writing
    this.#writing = this.#record(said).then(
      (recorded) => {
        if (recorded === undefined) this.interrupt('lost', 0)
      },
      (error: unknown) => {
        this.#writeFailure = error
        this.interrupt('lost', 0)
      },
    )
  }

  async #conclude(conclusion: Conclusion): Promise<Changed | undefined> {
    await this.#writing
    const failure = this.#writeFailure
    for (let last = failure === undefined ? conclusion : { end: this.#failure(failure) }; ; ) {
      try {
        return (await this.#record(last))?.ended
      } catch (error) {
        this.#with.log.error({ err: error, job: this.#job.id }, 'The end of a job could not be noted')
        // What was to be written may be what cannot be written.
        last = { end: this.#failure(error) }
        if (this.#stopping.signal.aborted) return undefined
        await this.#rest()
      }
    }
  }

  /** Until the catalog is asked again, or the engine stops. */
  async #rest(): Promise<void> {
    const { signal } = this.#stopping
    try {
      await pause(this.#with.limits.catalogRetry, undefined, { signal })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /** Undefined when the job is not this run's any more; then the blobs of the step are nobody's. */
  async #record({
    end,
    checkpoint,
    lines = [],
    outcomes = [],
  }: Partial<Conclusion>): ReturnType<CatalogJobs['record']> {
    const { catalog, clock, limits, retention, onPartsKept, reclaim } = this.#with
    const keys = checkpoint?.parts.map(({ blob }) => blob) ?? []
    const record: RunRecord = {
      run: this.#name,
      now: clock(),
      ran: Math.round(performance.now() - this.#began),
      checkpoint,
      end,
      outcomes,
      lines,
      kept: { outcomes: limits.outcomes, lines: limits.lines },
      retention,
    }
    const recorded = await catalog.record(record)
    if (recorded !== undefined) onPartsKept(keys)
    else if (keys.length > 0) await catalog.discard(keys)
    if (recorded?.ended?.freed === true || (recorded === undefined && keys.length > 0)) reclaim()
    return recorded
  }
}

/** Of a step that is run again the lines alone are kept: it reports again. */
const allOf = ({ lines, outcomes }: StepNotes) => ({ lines, outcomes })
