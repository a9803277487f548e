import type { JobState } from './job.ts'

/**
 * What may happen to a job in each state, and what becomes of it. A running job ends its step first, so that pausing
 * and cancelling it happen a little later than they are asked for.
 */
export const jobTransitions = {
  Pending: { claim: 'Running', pause: 'Paused', cancel: 'Failure' },
  Running: {
    finish: 'Success',
    fail: 'Failure',
    failForNow: 'Retry',
    pause: 'Paused',
    cancel: 'Failure',
    giveBack: 'Pending',
  },
  Retry: { delayElapsed: 'Pending', pause: 'Paused', cancel: 'Failure' },
  Paused: { resume: 'Pending', cancel: 'Failure' },
  Failure: { resubmit: 'Pending' },
  Success: {},
} as const satisfies Readonly<Record<JobState, Readonly<Record<string, JobState>>>>

type Table = typeof jobTransitions

/** What happens to jobs. */
export type JobEvent = { [State in JobState]: keyof Table[State] }[JobState]

/** How a run ends. */
export type RunEvent = keyof Table['Running']

/** What somebody may want of a job. */
export type JobCommand = 'pause' | 'cancel' | 'resume' | 'resubmit'

/** What a running job is to do after its step. */
export type Wish = 'pause' | 'cancel'

/** Undefined when it cannot happen in this state. */
export function nextState(state: JobState, event: JobEvent): JobState | undefined {
  const row: Readonly<Partial<Record<JobEvent, JobState>>> = jobTransitions[state]
  return row[event]
}

/** How a run really ends when somebody had a wish in the meantime: what is over cannot be paused. */
export function grant(event: RunEvent, wish: Wish | undefined): RunEvent {
  if (wish === 'cancel') return 'cancel'
  const goesOn = event === 'failForNow' || event === 'giveBack'
  return wish === 'pause' && goesOn ? 'pause' : event
}
