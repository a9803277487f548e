import type { Clock } from '../model/clock.ts'
import type { JobError, JobLogLine } from '../model/job.ts'
import type { JobLimits } from './job-limits.ts'

/** What a step has to say before it is over. */
export class StepNotes {
  readonly #clock: Clock
  readonly #limits: JobLimits
  readonly #lines: Omit<JobLogLine, 'number'>[] = []
  readonly #outcomes: { readonly resource: string; readonly error: JobError | undefined }[] = []

  constructor(clock: Clock, limits: JobLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  get lines(): readonly Omit<JobLogLine, 'number'>[] {
    return this.#lines
  }

  get outcomes(): readonly { readonly resource: string; readonly error: JobError | undefined }[] {
    return this.#outcomes
  }

  log(level: JobLogLine['level'], text: string): void {
    this.#lines.push({ time: this.#clock(), level, text: text.slice(0, this.#limits.lineCharacters) })
    if (this.#lines.length > this.#limits.lines) this.#lines.shift()
  }

  report(resource: string, error: JobError | undefined): void {
    this.#outcomes.push({ resource, error })
    if (this.#outcomes.length > this.#limits.outcomes) this.#outcomes.shift()
  }
}
