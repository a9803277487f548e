import type { CommandOutcome } from '../../jobs/submission.ts'
import { DomainError } from '../../model/domain-error.ts'
import type { Job } from '../../model/job.ts'
import { type JobState, jobStates } from '../../model/job.ts'
import { flag, unsignedInteger, word } from '../arguments.ts'
import { isInteger32 } from '../body/json-body.ts'
import { rangeReply } from '../content-reply.ts'
import { acknowledged, badRequest, done, json, notFound, type Reply } from '../reply.ts'
import { producesJson, type Route, route, type View } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { viewJob, viewLogLine, viewOutcome } from '../views/job-view.ts'

const listQuery = {
  expand: flag('Jobs rather than their ids'),
  state: word('States, separated by commas'),
  type: word('Types, separated by commas'),
  order: word('`oldest`, `newest` or `priority`; default: in the order of submission'),
  since: unsignedInteger('Jobs to pass over'),
  limit: unsignedInteger('Largest number of jobs; default: all'),
}

const pageQuery = {
  since: unsignedInteger('Number after which to start; default 0'),
  limit: unsignedInteger('Largest number of rows; default 1000'),
}

/**
 * The list of jobs, and each of them. A server that is read-only starts jobs, too: whoever may start one may steer it.
 */
export function jobRoutes(context: RouteContext): readonly Route[] {
  const { jobs, clock, limits } = context
  const view = (job: Job): View =>
    viewJob(job, { content: jobs.describe(job), progress: jobs.progressOf(job), now: clock() })
  const pageOf = ({ since = 0, limit = limits.listedRows }) => ({
    since,
    limit: Math.min(limit, limits.listedRows),
  })
  return [
    route({
      method: 'GET',
      path: '/jobs',
      summary: 'The jobs that wait, run, or ended lately',
      query: listQuery,
      ...producesJson,
      handle: async ({ query: { expand, state, type, order, since, limit } }) => {
        const wanted = {
          states: state === undefined ? undefined : namesIn(state).map(readState),
          types: type === undefined ? undefined : namesIn(type),
          order: order === undefined ? undefined : readOrder(order),
          since,
          limit,
        }
        return json(expand === true ? (await jobs.list(wanted)).map(view) : await jobs.listIds(wanted))
      },
    }),
    route({
      method: 'GET',
      path: '/jobs/{id}',
      summary: 'A job',
      ...producesJson,
      handle: async ({ params: { id } }) => {
        const job = await jobs.get(id)
        return job === undefined ? notFound : json(view(job), retryAfter(job, clock()))
      },
    }),
    route({
      method: 'DELETE',
      path: '/jobs/{id}',
      summary: 'Forgets a job that has ended, and its outputs',
      stores: false,
      handle: async ({ params: { id } }) => {
        if ((await jobs.remove(id)) === 'Done') return done
        throw new DomainError('InexistentItem', 'No job found with this id')
      },
    }),
    ...commandRoutes(context),
    ...outputRoutes(context),
    route({
      method: 'GET',
      path: '/jobs/{id}/log',
      summary: 'What a job noted on its way',
      query: pageQuery,
      ...producesJson,
      handle: async ({ params: { id }, query }) => {
        const lines = await jobs.log(id, pageOf(query))
        return lines === undefined ? notFound : json(lines.map(viewLogLine))
      },
    }),
    route({
      method: 'GET',
      path: '/jobs/{id}/results',
      summary: 'What became of each resource that a job works on',
      query: pageQuery,
      ...producesJson,
      handle: async ({ params: { id }, query }) => {
        const outcomes = await jobs.outcomes(id, pageOf(query))
        return outcomes === undefined ? notFound : json(outcomes.map(viewOutcome))
      },
    }),
  ]
}

const commands = {
  pause: 'Lets a job wait until it is resumed; one that runs finishes its step',
  cancel: 'Ends a job',
  resume: 'Lets a job that was paused go on',
  resubmit: 'Starts a job that has failed once more',
} as const

/** Their bodies are of no concern. */
function commandRoutes({ jobs }: RouteContext): readonly Route[] {
  const names = Object.keys(commands) as (keyof typeof commands)[]
  return [
    ...names.map((name) =>
      route({
        method: 'POST',
        path: `/jobs/{id}/${name}`,
        summary: commands[name],
        stores: false,
        produces: ['application/json'],
        handle: async ({ params: { id } }) => answerCommand(await jobs[name](id)),
      }),
    ),
    route({
      method: 'PUT',
      path: '/jobs/{id}/priority',
      summary: 'Changes the priority of a job that waits',
      stores: false,
      accepts: ['text/plain'],
      produces: ['application/json'],
      handle: async ({ params: { id }, body }) =>
        answerCommand(await jobs.setPriority(id, readPriority(await body.readText()))),
    }),
  ]
}

const answerCommand = (outcome: CommandOutcome): Reply => (outcome === 'Done' ? acknowledged : badRequest)

function outputRoutes({ jobs }: RouteContext): readonly Route[] {
  const path = '/jobs/{id}/{key}'
  const missing = (): DomainError => new DomainError('InexistentItem', 'Job has no such output')
  return [
    route({
      method: 'GET',
      path,
      summary: 'An output of a job that has succeeded',
      produces: ['application/zip'],
      handle: async ({ params: { id, key }, headers }) => {
        const output = await jobs.output(id, key)
        if (output === undefined) throw missing()
        return rangeReply({ ...output, tag: { ETag: `"${output.fingerprint}"` } }, headers)
      },
    }),
    route({
      method: 'DELETE',
      path,
      summary: 'Forgets an output of a job',
      stores: false,
      handle: async ({ params: { id, key } }) => {
        if (await jobs.removeOutput(id, key)) return done
        throw missing()
      },
    }),
  ]
}

const namesIn = (text: string): readonly string[] => text.split(/[,;]/).filter((name) => name !== '')

/** Errors: `ParameterOutOfRange`. */
function readState(name: string): JobState {
  const state = jobStates.find((known) => known === name)
  if (state === undefined) throw new DomainError('ParameterOutOfRange', 'Unknown state of a job')
  return state
}

const orders = ['oldest', 'newest', 'priority'] as const

/** Errors: `ParameterOutOfRange`. */
function readOrder(name: string): (typeof orders)[number] {
  const order = orders.find((known) => known === name)
  if (order === undefined) throw new DomainError('ParameterOutOfRange', `Orders are ${orders.join(', ')}`)
  return order
}

/** Errors: `BadRequest`. */
function readPriority(text: string): number {
  const priority = /^\s*[+-]?\d{1,10}\s*$/.test(text) ? Number(text) : Number.NaN
  if (!isInteger32(priority)) throw new DomainError('BadRequest', 'A priority is an integer')
  return priority
}

/** Seconds after which there is news of a job that waits to be tried again. */
function retryAfter({ state, due }: Job, now: number): { readonly 'Retry-After': string } | undefined {
  if (state !== 'Retry' || due === undefined) return undefined
  return { 'Retry-After': String(Math.max(1, Math.ceil((due - now) / 1000))) }
}
