import type { SpooledBytes } from '../archives/archives.ts'
import type { Production } from '../job-types/archive-jobs.ts'
import type { StepContext, StepOutcome } from '../jobs/job-type.ts'
import type { Submission } from '../jobs/submission.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Job } from '../model/job.ts'
import type { JsonObject } from '../model/json-value.ts'
import { succeeded } from './job-request.ts'
import type { Reply } from './reply.ts'
import type { JobsRoom } from './rooms.ts'

export interface Attendance {
  readonly submission: Submission
  /** What is known of the job before it begins. */
  readonly facts: JsonObject
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  produce(context: StepContext<unknown>): Production
  readonly left: AbortSignal
}

/**
 * A download whose bytes a job makes at the pace of the client. The job ends with the download: it fails when the
 * client goes away, and cancelling it cuts the connection.
 */
export async function attendedDownload(jobs: JobsRoom, attendance: Attendance): Promise<Reply> {
  const { submission, facts, contentType, headers, produce, left } = attendance
  const begun = Promise.withResolvers<{
    readonly bytes: AsyncIterable<Uint8Array>
    readonly signal: AbortSignal
  }>()
  const work = (context: StepContext<unknown>): Promise<StepOutcome> => {
    const sent = Promise.withResolvers<StepOutcome>()
    left.addEventListener('abort', () => sent.reject(clientGone()))
    if (left.aborted) sent.reject(clientGone())
    begun.resolve({ bytes: handOver(produce(context), sent), signal: context.signal })
    return sent.promise
  }
  await jobs.attend(submission, work, facts)
  const { bytes, signal } = await begun.promise
  return { kind: 'download', status: 200, contentType, headers, signal, read: () => bytes }
}

const clientGone = (): DomainError => new DomainError('NetworkProtocol', 'The client has gone')

async function* handOver(
  { bytes, outcome }: Production,
  sent: PromiseWithResolvers<StepOutcome>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes
    sent.resolve(outcome())
  } catch (error) {
    sent.reject(error)
    throw error
  }
}

/** A download that a job makes as a whole before the first byte is sent, so that its length is known. */
export async function spooledDownload(
  jobs: JobsRoom,
  { submission, facts, contentType, headers, produce, left }: Attendance,
  spool: (bytes: AsyncIterable<Uint8Array>) => Promise<SpooledBytes>,
): Promise<Reply> {
  let spooled: SpooledBytes | undefined
  const work = async (context: StepContext<unknown>): Promise<StepOutcome> => {
    const { bytes, outcome } = produce(context)
    spooled = await spool(untilLeft(bytes, left))
    return outcome()
  }
  const { ended } = await jobs.attend(submission, work, facts)
  const { size, read, release } = await readySpool(ended, () => spooled)
  return { kind: 'bytes', status: 200, length: size, contentType, headers, read: () => once(read(), release) }
}

/** Errors: that of the job, which may fail though all bytes are there: then they are of no use. */
async function readySpool(ended: Promise<Job>, made: () => SpooledBytes | undefined): Promise<SpooledBytes> {
  try {
    succeeded(await ended)
  } catch (error) {
    await made()?.release()
    throw error
  }
  const spooled = made()
  if (spooled === undefined) throw new Error('A job succeeded that made nothing')
  return spooled
}

async function* untilLeft(bytes: AsyncIterable<Uint8Array>, left: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    if (left.aborted) throw clientGone()
    yield chunk
  }
}

async function* once(bytes: AsyncIterable<Uint8Array>, release: () => Promise<void>) {
  try {
    yield* bytes
  } finally {
    await release()
  }
}
