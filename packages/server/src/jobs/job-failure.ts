import { randomUUID } from 'node:crypto'
import { DomainError } from '../model/domain-error.ts'
import type { JobError } from '../model/job.ts'
import type { JobsLog } from './jobs-log.ts'

/** The one place where an exception becomes the error of a job. Only a `DomainError` says what happened. */
export function describeFailure(error: unknown, jobId: string, log: JobsLog): JobError {
  if (error instanceof DomainError) {
    return { code: error.code, details: error.details ?? '', payload: error.payload }
  }
  const logId = randomUUID()
  log.error({ err: error, logId, job: jobId }, 'A job failed')
  return { code: 'InternalError', details: `See log entry ${logId}`, payload: undefined }
}
