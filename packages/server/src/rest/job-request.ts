import type { Submission } from '../jobs/submission.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Job } from '../model/job.ts'
import type { JsonValue } from '../model/json-value.ts'
import { limits } from '../model/limits.ts'
import { type Members, readBoolean, readInteger } from './body/json-body.ts'
import { json, type Reply } from './reply.ts'
import type { JobsRoom } from './rooms.ts'

/** What every route that starts a job understands. */
export interface JobOptions {
  readonly synchronous: boolean
  readonly priority: number
  readonly permissive: boolean
  readonly userData: JsonValue | undefined
  /** Whether the job of a client that waits for it is cancelled when that client goes away. */
  readonly cancelOnDisconnect: boolean
}

/** The options that hold when nothing is said. */
export const usualJobOptions: JobOptions = {
  synchronous: true,
  priority: 0,
  permissive: false,
  userData: undefined,
  cancelOnDisconnect: false,
}

/** Errors: `BadRequest` and `RequestTooLarge`, before there is a job. */
export function readJobOptions(members: Members): JobOptions {
  const asynchronous = readBoolean(members, 'Asynchronous', !usualJobOptions.synchronous)
  return {
    // When both are there this one counts.
    synchronous: readBoolean(members, 'Synchronous', !asynchronous),
    priority: readInteger(members, 'Priority', usualJobOptions.priority),
    permissive: readBoolean(members, 'Permissive', usualJobOptions.permissive),
    userData: readUserData(members),
    cancelOnDisconnect: readBoolean(members, 'CancelOnDisconnect', usualJobOptions.cancelOnDisconnect),
  }
}

/** It is read with the job, each time. */
function readUserData(members: Members): JsonValue | undefined {
  // It came out of a JSON document.
  const userData = members.get('UserData') as JsonValue | undefined
  if (userData === undefined) return undefined
  // Whatever walks through it does so by recursion.
  if (isDeeper(userData, limits.userDataDepth))
    throw new DomainError('BadRequest', 'Field "UserData" is too deep')
  if (JSON.stringify(userData).length <= limits.userDataCharacters) return userData
  throw new DomainError(
    'RequestTooLarge',
    `Field "UserData" may have ${limits.userDataCharacters} characters`,
  )
}

const isDeeper = (value: JsonValue, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((each) => isDeeper(each, depth - 1)))

/** The part of them that goes along with the job. */
export const submissionOptions = ({ priority, permissive, userData }: JobOptions) => ({
  priority,
  permissive,
  userData,
})

/** Starts a job. Synchronous means to wait for its end: the answer is its content then, or its error. */
export async function startJob(
  jobs: JobsRoom,
  submission: Pick<Submission, 'type' | 'parameters'>,
  options: JobOptions,
  left: () => AbortSignal,
): Promise<Reply> {
  const job = await jobs.submit({ ...submission, ...submissionOptions(options) })
  if (!options.synchronous) return json({ ID: job.id, Path: `/jobs/${job.id}` })
  return json(jobs.describe(await waitForSuccess(jobs, job, options, left())))
}

/** Errors: that of the job; `NetworkProtocol` when the client does not wait. */
async function waitForSuccess(
  jobs: JobsRoom,
  { id }: Job,
  { cancelOnDisconnect }: JobOptions,
  left: AbortSignal,
): Promise<Job> {
  try {
    return succeeded(await jobs.ended(id, left))
  } catch (error) {
    if (!left.aborted) throw error
    if (cancelOnDisconnect) await jobs.cancel(id)
    throw new DomainError('NetworkProtocol', 'The client has gone', { cause: error })
  }
}

/** Errors: that of a job that has failed. */
export function succeeded(job: Job): Job {
  if (job.state === 'Success' || job.error === undefined) return job
  const { code, details, payload } = job.error
  throw new DomainError(code, details === '' ? undefined : details, { ...(payload && { payload }) })
}
