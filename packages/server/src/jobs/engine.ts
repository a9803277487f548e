import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Changed } from '../catalog/jobs/complete-job.ts'
import type { RunName, StoredJob } from '../catalog/jobs/job-row.ts'
import type { Wish } from '../model/job-transitions.ts'
import { JobRun, type RunDependencies, type Work } from './job-run.ts'
import type { JobType } from './job-type.ts'

export interface EngineDependencies extends Omit<RunDependencies, 'onMove'> {
  readonly types: ReadonlyMap<string, JobType>
  /** Jobs that run at the same time; 0: one for each core. */
  readonly concurrentJobs: number
  /** The same by type; others may take all of them, or what their type says. */
  readonly concurrency: ReadonlyMap<string, number>
  readonly onMove: (run: JobRun) => void
  /** Called when a job is in another state. */
  readonly onChange: (changed: Changed) => void
  /** Called when a run ended without saying what became of its job. Never rejects. */
  readonly onLost: (job: StoredJob) => Promise<void>
}

interface Running {
  readonly run: JobRun
  readonly isAttended: boolean
  readonly done: Promise<void>
}

/** Milliseconds; a timer takes no more (developer.mozilla.org/docs/Web/API/Window/setTimeout). */
const longestDelay = 2 ** 31 - 1

/**
 * Claims jobs and runs them, as many at a time as may be. It looks for one when it is woken: after a submission, when
 * a job is over, when one is due that failed for now.
 */
export class Engine {
  readonly #with: EngineDependencies
  readonly #owner = randomUUID()
  readonly #running = new Map<number, Running>()
  #state: 'new' | 'started' | 'stopped' = 'new'
  #claiming: Promise<void> | undefined
  #isWoken = false
  #timer: NodeJS.Timeout | undefined
  #heartbeat: NodeJS.Timeout | undefined

  constructor(dependencies: EngineDependencies) {
    this.#with = dependencies
  }

  get owner(): string {
    return this.#owner
  }

  get isStarted(): boolean {
    return this.#state === 'started'
  }

  start(): void {
    this.#state = 'started'
    this.wake()
  }

  /** There may be a job to run. */
  wake(): void {
    if (this.#state !== 'started') return
    this.#isWoken = true
    this.#claiming ??= this.#claim()
  }

  /** The run of a job, if it is one of this engine. */
  runOf(number: number): JobRun | undefined {
    return this.#running.get(number)?.run
  }

  /** Runs it at once, as somebody waits for it. */
  attend(job: StoredJob, type: JobType, work: Work): void {
    const run = this.#run(type, job, { number: job.number, owner: this.#owner, claim: 1 }, work)
    if (this.#state === 'stopped') run.interrupt('shutdown', 0)
  }

  /** A running job is to do this after its step. */
  async interrupt(number: number, wish: Wish): Promise<void> {
    // It may have been claimed, and the answer be on its way.
    await this.#claiming
    this.runOf(number)?.interrupt(wish, wish === 'cancel' ? 0 : this.#with.limits.pauseGrace)
  }

  /** Resolves when no run is left, and no timer. */
  async stop(): Promise<void> {
    this.#state = 'stopped'
    clearTimeout(this.#timer)
    await this.#claiming
    const { stopGrace, attendedGrace, patience } = this.#with.limits
    const runs = [...this.#running.values()]
    for (const { run, isAttended } of runs) run.interrupt('shutdown', isAttended ? attendedGrace : stopGrace)
    await Promise.all(
      runs.map(async ({ run, isAttended, done }) => {
        const grace = (isAttended ? attendedGrace : stopGrace) + patience
        const impatience = setTimeout(() => this.#abandon(run), grace)
        await done
        clearTimeout(impatience)
      }),
    )
    clearTimeout(this.#heartbeat)
  }

  #abandon(run: JobRun): void {
    this.#with.log.warn(
      { job: run.job.id, type: run.job.type },
      'A job does not stop; it is begun anew later',
    )
    run.abandon()
  }

  async #claim(): Promise<void> {
    while (this.#isWoken && this.#state === 'started') {
      this.#isWoken = false
      try {
        await this.#claimOnce()
      } catch (error) {
        this.#with.log.error({ err: error }, 'Jobs could not be claimed')
        this.#wakeLater(this.#with.limits.catalogRetry)
      }
    }
    // At once, so that nobody wakes what is about to sleep.
    this.#claiming = undefined
  }

  async #claimOnce(): Promise<void> {
    const { catalog, clock, limits, retention, types, concurrentJobs, reclaim } = this.#with
    const most = (concurrentJobs || availableParallelism()) - this.#count()
    const rooms = [...types.values()]
      .map((type) => ({ type: type.name, most: Math.min(most, this.#most(type) - this.#count(type.name)) }))
      .filter((room) => room.most > 0)
    if (rooms.length === 0) return
    const request = {
      owner: this.#owner,
      now: clock(),
      lease: limits.lease,
      most,
      rooms,
      retention,
    }
    const { claimed, wait, freed } = await catalog.claim(request)
    if (freed) reclaim()
    for (const { job, claim } of claimed) {
      const type = types.get(job.type)
      if (type === undefined) throw new Error(`No type ${job.type}`)
      this.#run(type, job, { number: job.number, owner: this.#owner, claim })
      this.#with.onChange({ job, freed: false })
    }
    clearTimeout(this.#timer)
    if (wait !== undefined) this.#wakeLater(wait)
  }

  #most({ name, concurrency = Number.POSITIVE_INFINITY }: JobType): number {
    return this.#with.concurrency.get(name) ?? concurrency
  }

  /** Jobs that run, of one type or of all; those that somebody attends need no room. */
  #count(type?: string): number {
    let count = 0
    for (const { run, isAttended } of this.#running.values()) {
      if (!isAttended && (type ?? run.job.type) === run.job.type) count += 1
    }
    return count
  }

  #wakeLater(milliseconds: number): void {
    if (this.#state !== 'started') return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.wake(), Math.min(milliseconds, longestDelay)).unref()
  }

  #run(type: JobType, job: StoredJob, name: RunName, work?: Work): JobRun {
    const run = new JobRun(this.#with, type, job, name, work)
    const done = this.#follow(run)
    this.#running.set(job.number, { run, isAttended: work !== undefined, done })
    this.#heartbeat ??= this.#beatLater()
    return run
  }

  /** Never rejects. */
  async #follow(run: JobRun): Promise<void> {
    // Only then is it in the list.
    await Promise.resolve()
    const changed = await run.run().catch((error: unknown) => {
      this.#with.log.error({ err: error, job: run.job.id }, 'A run of a job broke off')
      return undefined
    })
    this.#running.delete(run.job.number)
    if (changed === undefined) await this.#with.onLost(run.job)
    else this.#with.onChange(changed)
    this.wake()
  }

  #beatLater(): NodeJS.Timeout {
    return setTimeout(() => void this.#beat(), this.#with.limits.renewal).unref()
  }

  /** Shows that the engine is alive, as long as it has something to do. */
  async #beat(): Promise<void> {
    const { catalog, clock, log } = this.#with
    try {
      const numbers = [...this.#running.keys()]
      const lost = await catalog.renew({ owner: this.#owner, now: clock(), numbers })
      for (const number of lost) this.runOf(number)?.interrupt('lost', 0)
    } catch (error) {
      log.error({ err: error }, 'The jobs that run could not be renewed')
    }
    const goesOn = this.#running.size > 0 && this.#state === 'started'
    this.#heartbeat = goesOn ? this.#beatLater() : undefined
  }
}
