import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JobError, JobState } from '../../model/job.ts'
import type { JobCommand } from '../../model/job-transitions.ts'
import { listRemovals } from '../operations/removals.ts'
import { openForWriting } from '../sqlite/database.ts'
import { Session } from '../sqlite/session.ts'
import { claimJobs, renewJobs } from './claim-jobs.ts'
import { commandJob, setJobPriority } from './command-job.ts'
import type { RunName } from './job-row.ts'
import { getJob, listJobs, readJobs } from './read-jobs.ts'
import { type RunEnd, recordRun } from './record-run.ts'
import { recoverJobs } from './recover-jobs.ts'
import { discardBlobs, removeCompletedJob } from './remove-job.ts'
import { submitJob } from './submit-job.ts'

/**
 * Whatever clients, runs, dead engines and clocks do, in whatever order: the catalog agrees with a model of a few lines,
 * a blob belongs to a job or is to be removed, and a run that has lost its job writes nothing.
 */

const types = ['A', 'B'] as const
const owners = [randomUUID(), randomUUID(), randomUUID()]
const retention = { history: 3, outputs: 1 }
const kept = { outcomes: 100, lines: 100 }
const lease = 100
const error: JobError = { code: 'NetworkProtocol', details: 'x', payload: undefined }

interface Model {
  readonly id: string
  readonly number: number
  readonly type: string
  readonly attended: boolean
  readonly steps: number
  priority: number
  state: JobState
  cursor: number
  attempts: number
  wish: 'pause' | 'cancel' | undefined
  owner: string | undefined
  claim: number
  renewed: number
  retried: number
  due: number
  completion: number
  used: number
  blobs: string[]
}

const pick = fc.nat(1000)
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      type: fc.constantFrom(...types),
      priority: fc.integer({ min: -1, max: 1 }),
      steps: fc.nat(3),
      attended: fc.nat(5).map((dice) => dice === 0),
      pick,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      pick,
      most: fc.nat(3),
      rooms: fc.tuple(fc.nat(2), fc.nat(2)),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('record' as const),
      pick,
      step: fc.boolean(),
      parts: fc.nat(2),
      end: fc.constantFrom(
        undefined,
        undefined,
        'finish',
        'fail',
        'failForNow',
        'pause',
        'cancel',
        'giveBack',
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('command' as const),
      pick,
      command: fc.constantFrom<JobCommand>('pause', 'cancel', 'resume', 'resubmit', 'resubmit'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('priority' as const), pick, priority: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('recover' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('renew' as const), pick }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('tick' as const), by: fc.integer({ min: -150, max: 150 }) }),
  },
)
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never

class World {
  readonly database = openForWriting(':memory:').database
  readonly session = new Session(this.database)
  readonly jobs = new Map<string, Model>()
  /** All that there ever were. */
  readonly runs: RunName[] = []
  readonly gone = new Set<string>()
  now = 10_000
  counter = 0
  changes = 0

  job(index: number): Model | undefined {
    return [...this.jobs.values()][index % Math.max(1, this.jobs.size)]
  }

  numbered(number: number): Model | undefined {
    return [...this.jobs.values()].find((job) => job.number === number)
  }

  drop(job: Model): void {
    for (const blob of job.blobs) this.gone.add(blob)
    job.blobs = []
    job.used = 0
  }

  complete(job: Model, state: 'Success' | 'Failure'): void {
    this.leave(job, state)
    this.changes += 1
    this.counter += 1
    job.completion = this.counter
    if (state === 'Failure') this.drop(job)
    else if (job.blobs.length > 0) {
      job.used = this.counter
      for (const other of this.jobs.values()) if (other.used > 0 && other !== job) this.drop(other)
    }
    const over = [...this.jobs.values()].filter(({ completion }) => completion > 0)
    for (const old of over.sort((a, b) => b.completion - a.completion).slice(retention.history)) {
      this.drop(old)
      this.jobs.delete(old.id)
    }
  }

  leave(job: Model, state: JobState): void {
    job.state = state
    job.wish = undefined
    job.owner = undefined
  }

  release(job: Model): void {
    const isPaused = job.wish === 'pause'
    if (job.attended || job.wish === 'cancel') this.complete(job, 'Failure')
    else {
      this.leave(job, isPaused ? 'Paused' : 'Pending')
      if (isPaused) this.changes += 1
    }
  }

  take(job: Model, owner: string): void {
    job.state = 'Running'
    job.owner = owner
    job.claim += 1
    job.renewed = this.now
    this.runs.push({ number: job.number, owner, claim: job.claim })
  }

  running(): readonly Model[] {
    return [...this.jobs.values()].filter(({ state }) => state === 'Running')
  }
}

function submit(
  world: World,
  { type, priority, steps, attended, pick: index }: Command & { kind: 'submit' },
): void {
  const owner = owners[index % owners.length] ?? ''
  const job = submitJob(world.session, {
    id: randomUUID(),
    type,
    priority,
    parameters: [],
    userData: undefined,
    permissive: false,
    steps,
    plan: steps === 0 ? [] : [JSON.stringify(Array(steps).fill(0))],
    facts: {},
    created: world.now,
    attendedBy: attended ? owner : undefined,
  })
  const zero = { cursor: 0, attempts: 0, claim: 0, renewed: 0, retried: 0, due: 0, completion: 0, used: 0 }
  const own = { id: job.id, number: job.number, type, priority, steps, attended }
  const model: Model = { ...own, ...zero, state: 'Pending', wish: undefined, owner: undefined, blobs: [] }
  world.jobs.set(job.id, model)
  world.changes += 1
  if (attended) world.take(model, owner)
}

function claim(world: World, { pick: index, most, rooms }: Command & { kind: 'claim' }): void {
  const { now, session } = world
  const owner = owners[index % owners.length] ?? ''
  const request = types.map((type, position) => ({ type, most: rooms[position] ?? 0 }))
  const { claimed } = claimJobs(session, { owner, now, lease, most, rooms: request, retention })
  for (const job of world.jobs.values()) {
    if (job.state === 'Retry' && (job.due <= now || job.retried > now)) job.state = 'Pending'
  }
  for (const job of world.running()) {
    const isSilent = job.renewed <= now - lease || job.renewed > now
    if (isSilent && job.owner !== owner) world.release(job)
  }
  const room = new Map<string, number>(request.map(({ type, most: count }) => [type, count]))
  const expected: string[] = []
  const waiting = [...world.jobs.values()].filter(({ state }) => state === 'Pending')
  for (const job of waiting.sort((a, b) => b.priority - a.priority || a.number - b.number)) {
    const left = room.get(job.type) ?? 0
    if (left === 0 || expected.length === most) continue
    room.set(job.type, left - 1)
    expected.push(job.id)
    world.take(job, owner)
  }
  assert.deepEqual(
    claimed.map(({ job }) => job.id),
    expected,
  )
  for (const { job, claim: number } of claimed) assert.equal(number, world.jobs.get(job.id)?.claim)
}

const endOf = (event: RunEnd['event']): RunEnd => {
  if (event === 'fail') return { event, error }
  if (event === 'failForNow') return { event, error, attempts: 2, delay: 50 }
  return { event }
}

function record(world: World, { pick: index, step, parts, end }: Command & { kind: 'record' }): void {
  const run = world.runs[world.runs.length - 1 - (index % Math.max(1, world.runs.length))]
  if (run === undefined) return
  const job = world.numbered(run.number)
  const isMine = job?.state === 'Running' && job.owner === run.owner && job.claim === run.claim
  const cursor = (job?.cursor ?? 0) + 1
  const blobs = step ? Array.from({ length: parts }, () => randomUUID()) : []
  const recorded = recordRun(world.session, {
    run,
    now: world.now,
    ran: 1,
    checkpoint: step
      ? {
          cursor,
          failedSteps: 0,
          facts: '{}',
          result: '{}',
          parts: blobs.map((blob) => ({ blob, size: 1, output: 'archive' })),
        }
      : undefined,
    end: end && endOf(end),
    outcomes: [],
    lines: [],
    kept,
    retention,
  })
  assert.equal(recorded !== undefined, isMine)
  if (!isMine) {
    discardBlobs(world.session, blobs)
    for (const blob of blobs) world.gone.add(blob)
    return
  }
  job.renewed = world.now
  job.blobs.push(...blobs)
  if (step) {
    job.cursor = cursor
    job.attempts = 0
  }
  assert.equal(recorded?.ended?.job.id, end && job.id)
  if (end !== undefined) endRun(world, job, end)
}

function endRun(world: World, job: Model, end: RunEnd['event']): void {
  const isPaused = job.wish === 'pause' || end === 'pause'
  if (job.wish === 'cancel' || end === 'cancel' || end === 'fail') world.complete(job, 'Failure')
  else if (end === 'finish') world.complete(job, 'Success')
  else if (end === 'failForNow' && !isPaused) {
    Object.assign(job, { attempts: 2, retried: world.now, due: world.now + 50 })
    world.changes += 1
    world.leave(job, 'Retry')
  } else {
    if (isPaused) world.changes += 1
    world.leave(job, isPaused ? 'Paused' : 'Pending')
  }
}

function perform(world: World, { pick: index, command: wanted }: Command & { kind: 'command' }): void {
  const job = world.job(index)
  if (job === undefined) return
  const { outcome } = commandJob(world.session, { id: job.id, command: wanted, now: world.now, retention })
  assert.equal(outcome, expectCommand(world, job, wanted))
}

function expectCommand(world: World, job: Model, wanted: JobCommand): 'Done' | 'NotNow' {
  const { state } = job
  const isOver = state === 'Success' || state === 'Failure'
  if (wanted === 'cancel') {
    if (isOver) return 'Done'
    if (state === 'Running') job.wish = 'cancel'
    else world.complete(job, 'Failure')
    return 'Done'
  }
  if (wanted === 'pause' && (isOver || state === 'Paused')) return 'Done'
  if (job.attended) return 'NotNow'
  if (wanted === 'pause' && state === 'Running') {
    job.wish ??= 'pause'
    return 'Done'
  }
  const isPossible = { pause: !isOver, resume: state === 'Paused', resubmit: state === 'Failure' }[wanted]
  if (!isPossible) return 'NotNow'
  job.state = wanted === 'pause' ? 'Paused' : 'Pending'
  world.changes += 1
  if (wanted === 'resubmit') Object.assign(job, { cursor: 0, attempts: 0, completion: 0 })
  return 'Done'
}

function recover(world: World, owner: string): void {
  recoverJobs(world.session, { owner, now: world.now, retention })
  for (const job of world.running()) if (job.owner !== owner) world.release(job)
  for (const job of world.jobs.values()) if (job.state === 'Retry') job.state = 'Pending'
}

function renew(world: World, owner: string): void {
  const numbers = [...world.jobs.values()].map(({ number }) => number)
  const lost = renewJobs(world.session, { owner, now: world.now, numbers })
  const own = world.running().filter((job) => job.owner === owner)
  for (const job of own) job.renewed = world.now
  assert.equal(lost.length, numbers.length - own.length)
}

function setPriority(world: World, job: Model, priority: number): void {
  const { outcome } = setJobPriority(world.session, { id: job.id, priority })
  const waits = ['Pending', 'Paused', 'Retry'].includes(job.state)
  assert.equal(outcome, waits ? 'Done' : 'NotNow')
  if (waits) job.priority = priority
}

function remove(world: World, job: Model): void {
  const { outcome } = removeCompletedJob(world.session, job.id)
  const isOver = job.completion > 0
  assert.equal(outcome, isOver ? 'Done' : 'NotNow')
  if (!isOver) return
  world.drop(job)
  world.jobs.delete(job.id)
}

function step(world: World, one: Command): void {
  const [owner, job] = 'pick' in one ? [owners[one.pick % owners.length] ?? '', world.job(one.pick)] : ['']
  if (one.kind === 'submit') submit(world, one)
  else if (one.kind === 'claim') claim(world, one)
  else if (one.kind === 'record') record(world, one)
  else if (one.kind === 'command') perform(world, one)
  else if (one.kind === 'tick') world.now += one.by
  else if (one.kind === 'recover') recover(world, owner)
  else if (one.kind === 'renew') renew(world, owner)
  else if (job !== undefined && one.kind === 'priority') setPriority(world, job, one.priority)
  else if (job !== undefined) remove(world, job)
}

function compare({ session, jobs, gone, changes }: World): void {
  const all = { states: undefined, types: undefined, order: 'oldest', since: 0, limit: undefined } as const
  const listed = readJobs(session, listJobs(session, all)).map(
    ({ id, state, cursor, priority, attempts, wish, due }) => ({
      ...{ id, state, cursor, priority, attempts, wish },
      due: due ?? 0,
    }),
  )
  const expected = [...jobs.values()].map(({ id, state, cursor, priority, attempts, wish, due }) => ({
    ...{ id, state, cursor, priority, attempts, wish },
    due: state === 'Retry' ? due : 0,
  }))
  assert.deepEqual(listed, expected)
  assert.deepEqual(new Set(listRemovals(session, 1000)), gone)
  const parts = session.all('SELECT lower(hex(blob)) AS blob FROM job_parts')
  const owned = [...jobs.values()].flatMap(({ blobs }) => blobs.map((blob) => blob.replaceAll('-', '')))
  assert.deepEqual(new Set(parts.map(({ blob }) => blob)), new Set(owned))
  const told = session.get('SELECT count(*) AS rows, max(sequence) AS last FROM job_changes')
  assert.deepEqual([told?.rows, told?.last ?? 0], [changes, changes])
}

test('catalog and model agree', () => {
  const seen = new Set<JobState>()
  fc.assert(
    fc.property(fc.array(command, { minLength: 20, maxLength: 150, size: 'max' }), (commands) => {
      const world = new World()
      try {
        for (const one of commands) {
          step(world, one)
          compare(world)
        }
        for (const { id, state } of world.jobs.values()) {
          seen.add(state)
          assert.equal(getJob(world.session, id)?.state, state)
        }
      } finally {
        world.session.close()
      }
    }),
    { numRuns: Number(process.env.JOB_RUNS ?? 100) },
  )
  assert.equal(seen.size, 6)
})
