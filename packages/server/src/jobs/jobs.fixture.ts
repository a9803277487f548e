import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Catalog } from '../catalog/catalog.ts'
import type { JsonValue } from '../model/json-value.ts'
import { type JobLimits, jobLimits } from './job-limits.ts'
import { type JobType, type JobTypeDefinition, jobType, type StepContext } from './job-type.ts'
import { Jobs, type JobsOptions } from './jobs.ts'

export interface Logged {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: object
  readonly message: string
}

/** Blobs in memory. */
export class TestBlobs {
  readonly bytes = new Map<string, Uint8Array>()
  readonly confirmed = new Set<string>()

  write(text: string): { readonly blob: string; readonly size: number } {
    const blob = randomUUID()
    const bytes = Buffer.from(text)
    this.bytes.set(blob, bytes)
    return { blob, size: bytes.length }
  }

  async *read(key: string, { start, end }: { readonly start: number; readonly end?: number }) {
    const bytes = this.bytes.get(key)
    if (bytes === undefined) throw new Error('No such blob')
    yield bytes.subarray(start, end)
  }
}

export interface OpenJobs {
  readonly catalog: Catalog
  readonly clock: { now: number }
  readonly blobs: TestBlobs
  readonly log: readonly Logged[]
  readonly limits: JobLimits
  /** Another engine over the same catalog. */
  engine(types: readonly JobType[], options?: Partial<JobsOptions>, limits?: Partial<JobLimits>): Jobs
}

/** A catalog of its own; the engines on it are stopped, and it goes, after `body`. */
export async function withJobs(body: (here: OpenJobs) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-jobs-'))
  const catalog = await Catalog.open(folder)
  const clock = { now: Date.UTC(2026, 0, 2, 3, 4, 5) }
  const blobs = new TestBlobs()
  const log: Logged[] = []
  const opened: Jobs[] = []
  const logger = (level: Logged['level']) => (fields: object, message: string) =>
    void log.push({ level, fields, message })
  const engine: OpenJobs['engine'] = (types, options = {}, limits = {}) => {
    const jobs = new Jobs({
      catalog: catalog.jobs,
      types,
      clock: () => clock.now,
      options: { concurrentJobs: 2, historySize: 10, keptOutputs: 1, resumeJobs: true, ...options },
      readBlob: (key, span) => blobs.read(key, span),
      holdBlobs: () => () => undefined,
      onPartsKept: (keys) => {
        for (const key of keys) blobs.confirmed.add(key)
      },
      reclaim: () => undefined,
      nudge: () => undefined,
      log: {
        debug: logger('debug'),
        info: logger('info'),
        warn: logger('warn'),
        error: logger('error'),
      },
      random: () => 1,
      limits: { ...jobLimits, ...limits },
    })
    opened.push(jobs)
    return jobs
  }
  try {
    await body({ catalog, clock, blobs, log, limits: jobLimits, engine })
  } finally {
    for (const jobs of opened) await jobs.stop()
    await catalog.close()
    await rm(folder, { recursive: true })
  }
}

/** A type whose parameters are the steps of its plan. */
export function listType<Step extends JsonValue>(
  run: JobTypeDefinition<readonly Step[], Step>['run'],
  more: Partial<JobTypeDefinition<readonly Step[], Step>> = {},
): JobType {
  return jobType<readonly Step[], Step>({
    name: 'List',
    parse: (stored) => {
      if (!Array.isArray(stored)) throw new Error('No list')
      return stored as unknown as readonly Step[]
    },
    plan: async (steps) => ({ steps }),
    run,
    describe: (steps, { facts }) => ({ Count: steps.length, ...facts }),
    ...more,
  })
}

/** Resolves when it is so. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(2)
}

/** Steps that last until they are told to end, or to succeed. */
export class Gates {
  readonly entered: string[] = []
  readonly #gates = new Map<string, PromiseWithResolvers<void>>()
  readonly #arrivals = new Map<string, PromiseWithResolvers<void>>()

  /** Lets the step of this name end. */
  open(name: string): void {
    this.#at(this.#gates, name).resolve()
  }

  /** Resolves when the step has begun. */
  arrival(name: string): Promise<void> {
    return this.#at(this.#arrivals, name).promise
  }

  readonly pass = async (
    name: string,
    { signal }: Pick<StepContext<unknown>, 'signal'>,
  ): Promise<undefined> => {
    this.entered.push(name)
    this.#at(this.#arrivals, name).resolve()
    const aborted = Promise.withResolvers<void>()
    const abort = (): void => aborted.reject(signal.reason)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    try {
      await Promise.race([this.#at(this.#gates, name).promise, aborted.promise])
    } finally {
      signal.removeEventListener('abort', abort)
      this.#gates.delete(name)
      this.#arrivals.delete(name)
    }
  }

  #at(map: Map<string, PromiseWithResolvers<void>>, name: string): PromiseWithResolvers<void> {
    const found = map.get(name) ?? Promise.withResolvers<void>()
    map.set(name, found)
    return found
  }
}
