import type { Job } from '../model/job.ts'

export interface Waiting {
  readonly end: Promise<Job>
  leave(): void
}

/** Those who wait for the end of a job. */
export class Endings {
  readonly #waiting = new Map<string, Set<PromiseWithResolvers<Job>>>()
  readonly #recent = new Map<string, Job>()
  readonly #remembered: number

  constructor(remembered: number) {
    this.#remembered = remembered
  }

  wait(id: string): Waiting {
    const waiter = Promise.withResolvers<Job>()
    // Who leaves hears nothing of it.
    waiter.promise.catch(() => undefined)
    const others = this.#waiting.get(id) ?? new Set()
    this.#waiting.set(id, others.add(waiter))
    return {
      end: waiter.promise,
      leave: () => {
        others.delete(waiter)
        if (others.size === 0 && this.#waiting.get(id) === others) this.#waiting.delete(id)
      },
    }
  }

  settle(job: Job): void {
    this.#recent.delete(job.id)
    this.#recent.set(job.id, job)
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= this.#remembered) break
      this.#recent.delete(oldest)
    }
    for (const waiter of this.#waiting.get(job.id) ?? []) waiter.resolve(job)
    this.#waiting.delete(job.id)
  }

  /** A job that ended a short while ago. */
  recent(id: string): Job | undefined {
    return this.#recent.get(id)
  }

  /** Nobody learns of an end any more. */
  giveUp(reason: unknown): void {
    for (const waiters of this.#waiting.values()) for (const waiter of waiters) waiter.reject(reason)
    this.#waiting.clear()
  }
}
