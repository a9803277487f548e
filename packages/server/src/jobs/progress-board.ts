import type { Job } from '../model/job.ts'
import type { JobProgress } from './submission.ts'

/** Per cent; `share` of the step that runs is done. */
export function percentOf(job: Job, share = 0): number {
  if (job.state === 'Success') return 100
  return job.steps === 0 ? 0 : Math.floor((100 * Math.min(job.steps, job.cursor + share)) / job.steps)
}

type Listener = (progress: JobProgress) => void

/** Tells of the progress of jobs, not more often than anybody can look. */
export class ProgressBoard {
  readonly #listeners = new Set<Listener>()
  readonly #interval: number
  /** When a running job was last told of, by number. */
  readonly #told = new Map<number, number>()

  constructor(interval: number) {
    this.#interval = interval
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Its state is another one. */
  changed(job: Job): void {
    if (job.state !== 'Running') this.#told.delete(job.number)
    this.#tell(job, 0)
  }

  /** It runs, and is further than before. */
  moved(job: Job, share: number): void {
    const now = performance.now()
    if (now - (this.#told.get(job.number) ?? Number.NEGATIVE_INFINITY) < this.#interval) return
    this.#told.set(job.number, now)
    this.#tell(job, share)
  }

  #tell(job: Job, share: number): void {
    for (const listener of this.#listeners) listener({ job, progress: percentOf(job, share) })
  }
}
