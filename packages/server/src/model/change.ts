import type { Level } from './level.ts'

/** Kinds of rows in the change feed, with the codes that the wire format knows them by. */
export const changeTypes = {
  CompletedSeries: 1,
  NewInstance: 2,
  NewPatient: 3,
  NewSeries: 4,
  NewStudy: 5,
  AnonymizedStudy: 6,
  AnonymizedSeries: 7,
  ModifiedStudy: 8,
  ModifiedSeries: 9,
  AnonymizedPatient: 10,
  ModifiedPatient: 11,
  StablePatient: 12,
  StableStudy: 13,
  StableSeries: 14,
  UpdatedAttachment: 15,
  UpdatedMetadata: 16,
} as const satisfies Record<string, number>

export type ChangeType = keyof typeof changeTypes

export interface Change {
  readonly sequence: number
  readonly type: ChangeType
  readonly level: Level
  readonly resourceId: string
  /** UTC, `YYYYMMDDTHHMMSS`. */
  readonly date: string
}

/** What the feed tells of jobs. It shares the sequence numbers, and is read by those alone who follow it. */
export const jobChangeTypes = [
  'JobSubmitted',
  'JobSuccess',
  'JobFailure',
  'JobPaused',
  'JobResumed',
  'JobRetry',
  'JobResubmitted',
] as const

export type JobChangeType = (typeof jobChangeTypes)[number]

export interface JobChange {
  readonly sequence: number
  readonly type: JobChangeType
  readonly level: 'Job'
  /** UUID of the job. */
  readonly resourceId: string
  /** UTC, `YYYYMMDDTHHMMSS`. */
  readonly date: string
}

/** What happened, to a resource or to a job. */
export type Happening = Change | JobChange

export interface HappeningPage {
  readonly happenings: readonly Happening[]
  readonly done: boolean
  /** Sequence number to go on from; the newest one ever given when the page is empty. */
  readonly last: number
}

/** A page of the feed. A gap in the sequence numbers is not its end: `done` is. */
export interface ChangePage {
  readonly changes: readonly Change[]
  readonly done: boolean
  /** Sequence number to go on from; the newest one ever given when the page is empty. */
  readonly last: number
}
