import { setImmediate } from 'node:timers/promises'
import type { JobLogLine, ResourceOutcome } from '../../model/job.ts'
import type { JsonValue } from '../../model/json-value.ts'
import type { Session } from '../sqlite/session.ts'
import type { Writer } from '../sqlite/writer.ts'
import type { ClaimRequest, Claims, Renewal } from './claim-jobs.ts'
import type { Commanded, JobCommandRequest, Reordering, setJobPriority } from './command-job.ts'
import type { StoredJob } from './job-row.ts'
import { type OutputName, readOutput } from './outputs.ts'
import {
  getJob,
  type JobListing,
  listJobs,
  type NumberedPage,
  readJobIds,
  readJobs,
  readLog,
  readOutcomes,
  readResults,
  readSteps,
  type StoredResult,
} from './read-jobs.ts'
import type { Recorded, RunRecord } from './record-run.ts'
import type { JobRecovery, JobRefusal, RecoveredJobs, RefusedJobs } from './recover-jobs.ts'
import type { removeCompletedJob } from './remove-job.ts'
import type { NewJob } from './submit-job.ts'

/** Jobs that are read at a time. */
const jobsPerPage = 200

/** Jobs, as the engine keeps them. Like everywhere in the catalog, what is answered survives a power loss. */
export class CatalogJobs {
  readonly #writer: Writer
  readonly #reads: Session

  constructor(writer: Writer, reads: Session) {
    this.#writer = writer
    this.#reads = reads
  }

  submit(job: NewJob): Promise<StoredJob> {
    return this.#writer.run('submitJob', job)
  }

  claim(request: ClaimRequest): Promise<Claims> {
    return this.#writer.run('claimJobs', request)
  }

  /** Gives the numbers of the jobs that the engine has lost. */
  renew(renewal: Renewal): Promise<readonly number[]> {
    return this.#writer.run('renewJobs', renewal)
  }

  /** Undefined when the run has not got the job any more: then nothing of it was written. */
  record(record: RunRecord): Promise<Recorded | undefined> {
    return this.#writer.run('recordRun', record)
  }

  command(request: JobCommandRequest): Promise<Commanded> {
    return this.#writer.run('commandJob', request)
  }

  setPriority(reordering: Reordering): Promise<ReturnType<typeof setJobPriority>> {
    return this.#writer.run('setJobPriority', reordering)
  }

  remove(id: string): Promise<ReturnType<typeof removeCompletedJob>> {
    return this.#writer.run('removeCompletedJob', id)
  }

  /** To be called before anything is claimed. */
  recover(recovery: JobRecovery): Promise<RecoveredJobs> {
    return this.#writer.run('recoverJobs', recovery)
  }

  refuse(refusal: JobRefusal): Promise<RefusedJobs> {
    return this.#writer.run('refuseJobs', refusal)
  }

  /** These blobs become removals. */
  async discard(keys: readonly string[]): Promise<void> {
    await this.#writer.run('discardBlobs', keys)
  }

  async touchOutput(name: OutputName): Promise<void> {
    await this.#writer.run('touchOutput', name)
  }

  /** False when there is none. */
  removeOutput(name: OutputName): Promise<boolean> {
    return this.#writer.run('removeOutput', name)
  }

  async output(name: OutputName): Promise<ReturnType<typeof readOutput>> {
    return readOutput(this.#reads, name)
  }

  async get(id: string): Promise<StoredJob | undefined> {
    return getJob(this.#reads, id)
  }

  list(listing: JobListing): Promise<readonly StoredJob[]> {
    return this.#readPages(listing, readJobs)
  }

  listIds(listing: JobListing): Promise<readonly string[]> {
    return this.#readPages(listing, readJobIds)
  }

  /** Others have their turn between pages: a job that goes meanwhile is left out. */
  async #readPages<Found>(
    listing: JobListing,
    read: (session: Session, numbers: readonly number[]) => readonly Found[],
  ): Promise<readonly Found[]> {
    const numbers = listJobs(this.#reads, listing)
    const found: Found[] = []
    for (let index = 0; index < numbers.length; index += jobsPerPage) {
      if (index > 0) await setImmediate()
      found.push(...read(this.#reads, numbers.slice(index, index + jobsPerPage)))
    }
    return found
  }

  async steps(number: number, chunk: number): Promise<readonly JsonValue[]> {
    return readSteps(this.#reads, number, chunk)
  }

  async results(number: number, page: Parameters<typeof readResults>[2]): Promise<readonly StoredResult[]> {
    return readResults(this.#reads, number, page)
  }

  /** Undefined for an unknown job. */
  async outcomes(id: string, page: NumberedPage): Promise<readonly ResourceOutcome[] | undefined> {
    return readOutcomes(this.#reads, id, page)
  }

  /** Undefined for an unknown job. */
  async log(id: string, page: NumberedPage): Promise<readonly JobLogLine[] | undefined> {
    return readLog(this.#reads, id, page)
  }
}
