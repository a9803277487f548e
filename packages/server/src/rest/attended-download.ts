import type { StepContext, StepOutcome } from '../jobs/job-type.ts'
import type { Submission } from '../jobs/submission.ts'
import { DomainError } from '../model/domain-error.ts'
import type { Reply } from './reply.ts'
import type { JobsRoom } from './rooms.ts'

/** Bytes that come while they are made, and what there is to say of them when they have come. */
export interface Production {
  readonly bytes: AsyncIterable<Uint8Array>
  outcome(): StepOutcome
}

export interface Attendance {
  readonly submission: Submission
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
  const { submission, contentType, headers, produce, left } = attendance
  const begun = Promise.withResolvers<AsyncIterable<Uint8Array>>()
  await jobs.attend(submission, (context) => {
    const sent = Promise.withResolvers<StepOutcome>()
    left.addEventListener('abort', () => sent.reject(clientGone()))
    if (left.aborted) sent.reject(clientGone())
    begun.resolve(handOver(produce(context), sent))
    return sent.promise
  })
  const bytes = await begun.promise
  return { kind: 'download', status: 200, contentType, headers, read: () => bytes }
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
