import { errors } from '../../model/errors.ts'
import type { Job, JobLogLine, ResourceOutcome } from '../../model/job.ts'
import type { JsonObject } from '../../model/json-value.ts'
import type { View } from '../route.ts'
import { viewPayload } from './error-view.ts'

export interface JobFacts {
  readonly content: JsonObject
  /** Per cent, not rounded. */
  readonly progress: number
  /** Milliseconds since 1970. */
  readonly now: number
}

/** UTC, `YYYYMMDDTHHMMSS.ffffff`. */
const formatTime = (time: number): string => `${new Date(time).toISOString().replaceAll(/[-:Z]/g, '')}000`

export function viewJob(job: Job, { content, progress, now }: JobFacts): View {
  const runtime = runtimeOf(job, now)
  // What a job that was resubmitted failed of before is told by its details alone.
  const error = job.state === 'Failure' || job.state === 'Retry' ? job.error : undefined
  const row = error && errors[error.code]
  return {
    ...(job.attempts > 0 && { Attempts: job.attempts }),
    ...(job.completed !== undefined && { CompletionTime: formatTime(job.completed) }),
    Content: content,
    CreationTime: formatTime(job.created),
    EffectiveRuntime: runtime / 1000,
    ErrorCode: row?.status ?? 0,
    ErrorDescription: row?.message ?? 'Success',
    ErrorDetails: job.error?.details ?? '',
    ...viewPayload(error?.payload),
    ...(job.state === 'Running' &&
      progress > 1 && { EstimatedTimeOfArrival: formatTime(now + (runtime / progress) * (100 - progress)) }),
    ID: job.id,
    Priority: job.priority,
    Progress: Math.floor(progress),
    ...(job.state === 'Retry' && job.due !== undefined && { RetryTime: formatTime(job.due) }),
    State: job.state,
    Timestamp: formatTime(now),
    Type: job.type,
    ...(job.userData !== undefined && { UserData: job.userData }),
  }
}

/** Milliseconds; a clock that was set back does not make it less than what was measured before. */
const runtimeOf = ({ runtime, started }: Job, now: number): number =>
  runtime + (started === undefined ? 0 : Math.max(0, now - started))

export const viewLogLine = ({ number, time, level, text }: JobLogLine): View => ({
  Level: level,
  Number: number,
  Text: text,
  Time: formatTime(time),
})

export const viewOutcome = ({ number, resource, error }: ResourceOutcome): View => ({
  ErrorCode: error === undefined ? 0 : errors[error.code].status,
  ErrorDescription: error === undefined ? 'Success' : errors[error.code].message,
  ErrorDetails: error?.details ?? '',
  ...viewPayload(error?.payload),
  ID: resource,
  Number: number,
})
