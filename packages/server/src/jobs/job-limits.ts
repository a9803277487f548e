/** Bounds on what jobs take. Each is exercised by a test. */
export const jobLimits = {
  /** Milliseconds after which an engine that was not heard of is taken for dead, and between its signs of life. */
  lease: 30_000,
  renewal: 10_000,
  /** Milliseconds that a step may go on after its job was paused, before it is asked to stop and is run again later. */
  pauseGrace: 5000,
  /** The same when the engine stops, and for jobs that somebody attends. */
  stopGrace: 2000,
  attendedGrace: 20_000,
  /** Milliseconds after which an engine that stops no longer waits for a step that was asked to. */
  patience: 5000,
  /** Outcomes and lines of the log that are kept of a job, and that a step may have; the oldest go. */
  outcomes: 100_000,
  lines: 1000,
  /** Characters of a line of the log. */
  lineCharacters: 1000,
  /** Milliseconds between two tellings of the progress of a job. */
  progressInterval: 250,
  /** Jobs that are attended at the same time: each holds some of the memory of an answer. */
  attended: 100,
  /** Jobs that are remembered after their end for those who ask then, though the history may not have them. */
  recentEnds: 32,
  /** Milliseconds after which the catalog is asked again that had failed. */
  catalogRetry: 2000,
  /** Results of steps that are read at a time. */
  resultsPage: 500,
  /** Jobs that fail in one transaction because they cannot go on. */
  refusedAtOnce: 500,
} as const

export type JobLimits = { readonly [Name in keyof typeof jobLimits]: number }
