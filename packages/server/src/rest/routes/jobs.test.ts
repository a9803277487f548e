import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type JobType, jobType } from '../../jobs/job-type.ts'
import { DomainError } from '../../model/domain-error.ts'
import type { JobState } from '../../model/job.ts'
import type { JsonValue } from '../../model/json-value.ts'
import { httpLimits } from '../http-limits.ts'
import { startServer, type TestServer } from '../server.fixture.ts'

/** What the step of a test job does. */
type Mode = 'wait' | 'succeed' | 'fail' | 'failForNow'

const payload = { type: 'Dimse', content: { DimseErrorStatus: 49152 } }

const testType = (name: string): JobType =>
  jobType<Mode, JsonValue>({
    name,
    parse: (stored) => stored as Mode,
    plan: async () => ({ steps: ['one', 'two'] }),
    run: async (_step, { parameters: mode, signal, log, report }) => {
      log('info', `It will ${mode}`)
      report('abc')
      if (mode === 'fail') throw new DomainError('NetworkProtocol', 'No luck', { payload })
      if (mode === 'failForNow') throw new DomainError('Timeout', 'Not yet', { passing: { after: 90_000 } })
      if (mode === 'wait') {
        await pause(60_000, undefined, { signal })
      }
      return undefined
    },
    describe: (mode) => ({ Description: 'REST API', Mode: mode }),
    retry: { times: 3, first: 60_000, longest: 60_000 },
  })

const modeOf: Readonly<Record<Exclude<JobState, 'Paused'>, Mode>> = {
  Pending: 'wait',
  Running: 'wait',
  Success: 'succeed',
  Failure: 'fail',
  Retry: 'failForNow',
}

interface Answer {
  readonly status: number
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says
  readonly body: any
  readonly headers: Headers
}

async function send(server: TestServer, method: string, path: string, content?: string): Promise<Answer> {
  const answer = await fetch(server.url + path, { method, ...(content !== undefined && { body: content }) })
  const text = await answer.text()
  return {
    status: answer.status,
    text,
    body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined,
    headers: answer.headers,
  }
}

async function start(t: TestContext, options: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  const server = await startServer({ jobTypes: [testType('Test'), testType('Other')], ...options })
  t.after(() => server[Symbol.asyncDispose]())
  return server
}

async function until(server: TestServer, id: string, state: JobState): Promise<Answer['body']> {
  for (let tries = 0; ; tries++) {
    const { body } = await send(server, 'GET', `/jobs/${id}`)
    if (body.State === state) return body
    assert.ok(tries < 2000, JSON.stringify(body))
    await pause(5)
  }
}

/** Two jobs run at a time, so that the third has to wait. */
async function jobIn(server: TestServer, state: JobState): Promise<string> {
  const submit = async (mode: Mode) => (await server.jobs.submit({ type: 'Test', parameters: mode })).id
  if (state === 'Pending' || state === 'Paused') for (let n = 0; n < 2; n++) await submit('wait')
  const id = await submit(state === 'Paused' ? 'wait' : modeOf[state])
  if (state === 'Paused') await server.jobs.pause(id)
  await until(server, id, state)
  return id
}

const states: readonly JobState[] = ['Pending', 'Running', 'Success', 'Failure', 'Paused', 'Retry']

/** Status and state afterwards. `Running`: it may run at once. */
const table: Readonly<
  Record<string, Readonly<Record<JobState, readonly [status: number, after: JobState]>>>
> = {
  pause: {
    Pending: [200, 'Paused'],
    Running: [200, 'Paused'],
    Success: [200, 'Success'],
    Failure: [200, 'Failure'],
    Paused: [200, 'Paused'],
    Retry: [200, 'Paused'],
  },
  cancel: {
    Pending: [200, 'Failure'],
    Running: [200, 'Failure'],
    Success: [200, 'Success'],
    Failure: [200, 'Failure'],
    Paused: [200, 'Failure'],
    Retry: [200, 'Failure'],
  },
  resume: {
    Pending: [400, 'Pending'],
    Running: [400, 'Running'],
    Success: [400, 'Success'],
    Failure: [400, 'Failure'],
    Paused: [200, 'Pending'],
    Retry: [400, 'Retry'],
  },
  resubmit: {
    Pending: [400, 'Pending'],
    Running: [400, 'Running'],
    Success: [400, 'Success'],
    Failure: [200, 'Failure'],
    Paused: [400, 'Paused'],
    Retry: [400, 'Retry'],
  },
}

describe('commands to jobs', () => {
  for (const [command, cells] of Object.entries(table)) {
    for (const state of states) {
      const [status, after] = cells[state]
      it(`${command} of a job that is ${state}: ${status}, ${after}`, async (t) => {
        const server = await start(t)
        const id = await jobIn(server, state)
        const answer = await send(server, 'POST', `/jobs/${id}/${command}`, 'of no concern')
        assert.deepEqual([answer.status, answer.text], [status, status === 200 ? '{}' : ''])
        const job = await until(server, id, after)
        if (command !== 'cancel' || after === 'Success' || state === 'Failure') return
        assert.deepEqual([job.ErrorCode, job.ErrorDescription], [37, 'This job was canceled'])
        assert.ok(job.CompletionTime)
      })
    }
  }

  for (const state of states) {
    const isOver = state === 'Success' || state === 'Failure'
    it(`DELETE of a job that is ${state}`, async (t) => {
      const server = await start(t)
      const id = await jobIn(server, state)
      const answer = await send(server, 'DELETE', `/jobs/${id}`)
      if (isOver) {
        assert.deepEqual(
          [answer.status, answer.text, answer.headers.get('content-type')],
          [200, '', 'text/plain'],
        )
        assert.equal((await send(server, 'GET', `/jobs/${id}`)).status, 404)
      } else {
        assert.equal(answer.status, 404)
        assert.deepEqual([answer.body.OrthancStatus, answer.body.Details], [7, 'No job found with this id'])
        await until(server, id, state)
      }
    })

    const waits = state === 'Pending' || state === 'Paused' || state === 'Retry'
    it(`another priority for a job that is ${state}`, async (t) => {
      const server = await start(t)
      const id = await jobIn(server, state)
      const answer = await send(server, 'PUT', `/jobs/${id}/priority`, '-7')
      assert.equal(answer.status, waits ? 200 : 400)
      assert.equal((await send(server, 'GET', `/jobs/${id}`)).body.Priority, waits ? -7 : 0)
    })
  }

  it('what is no job', async (t) => {
    const server = await start(t)
    for (const command of Object.keys(table)) {
      const { status, text } = await send(server, 'POST', `/jobs/nobody/${command}`, '')
      assert.deepEqual([status, text], [400, ''])
    }
    const { status, text } = await send(server, 'GET', '/jobs/nobody')
    assert.deepEqual([status, text], [404, ''])
    assert.equal((await send(server, 'DELETE', '/jobs/nobody')).body.OrthancStatus, 7)
    assert.equal((await send(server, 'POST', '/jobs/nobody/else', '')).status, 405)
    assert.equal((await send(server, 'PUT', '/jobs/nobody/priority', '1')).status, 400)
  })

  it('what is no priority', async (t) => {
    const server = await start(t)
    const id = await jobIn(server, 'Retry')
    for (const text of ['', 'high', '1.5', '9999999999', '1e3']) {
      const { status, body } = await send(server, 'PUT', `/jobs/${id}/priority`, text)
      assert.deepEqual([status, body.OrthancStatus], [400, 8], text)
    }
  })
})

describe('a server that is read-only', () => {
  it('lets its jobs be steered, and forgotten', async (t) => {
    const server = await start(t, { system: { readOnly: true } })
    const id = await jobIn(server, 'Paused')
    for (const [method, path, content] of [
      ['PUT', '/priority', '3'],
      ['POST', '/resume', ''],
      ['POST', '/cancel', ''],
      ['POST', '/resubmit', ''],
      ['POST', '/cancel', ''],
      ['DELETE', '', undefined],
    ] as const) {
      assert.equal((await send(server, method, `/jobs/${id}${path}`, content)).status, 200, method + path)
    }
    assert.equal((await send(server, 'DELETE', `/jobs/${id}/archive`)).body.OrthancStatus, 7)
  })
})

describe('jobs as they are shown', () => {
  const time = /^\d{8}T\d{6}\.\d{6}$/

  it('one that has failed', async (t) => {
    const server = await start(t)
    const { id } = await server.jobs.submit({
      type: 'Test',
      parameters: 'fail',
      priority: 4,
      userData: { by: ['me'] },
    })
    const { CompletionTime, EffectiveRuntime, ...job } = await until(server, id, 'Failure')
    assert.match(CompletionTime, time)
    assert.equal(typeof EffectiveRuntime, 'number')
    assert.deepEqual(job, {
      Content: { Description: 'REST API', Mode: 'fail' },
      CreationTime: '20260102T030405.000000',
      ErrorCode: 9,
      ErrorDescription: 'Error in the network protocol',
      ErrorDetails: 'No luck',
      ErrorPayload: { Content: { DimseErrorStatus: 49152 }, Type: 'Dimse' },
      ID: id,
      Priority: 4,
      Progress: 0,
      State: 'Failure',
      Timestamp: '20260102T030405.000000',
      Type: 'Test',
      UserData: { by: ['me'] },
    })
  })

  it('one that is tried again later says when', async (t) => {
    const server = await start(t)
    const id = await jobIn(server, 'Retry')
    const { body, headers } = await send(server, 'GET', `/jobs/${id}`)
    assert.deepEqual(
      [body.Attempts, body.ErrorCode, body.ErrorDetails, body.RetryTime],
      [1, 16, 'Not yet', '20260102T030535.000000'],
    )
    assert.equal(headers.get('retry-after'), '90')
  })

  it('one that has succeeded, its log and its results', async (t) => {
    const server = await start(t)
    const id = await jobIn(server, 'Success')
    const { body } = await send(server, 'GET', `/jobs/${id}`)
    assert.deepEqual([body.Progress, body.ErrorCode, body.ErrorDescription], [100, 0, 'Success'])
    const { body: log } = await send(server, 'GET', `/jobs/${id}/log`)
    assert.deepEqual(
      log.map(({ Text, Level }: { Text: string; Level: string }) => [Text, Level]),
      [
        ['It will succeed', 'info'],
        ['It will succeed', 'info'],
      ],
    )
    const { body: later } = await send(server, 'GET', `/jobs/${id}/log?since=${log[0].Number}&limit=5`)
    assert.deepEqual(later, [log[1]])
    const { body: results } = await send(server, 'GET', `/jobs/${id}/results`)
    assert.deepEqual(
      results.map(({ ID, ErrorCode }: { ID: string; ErrorCode: number }) => [ID, ErrorCode]),
      [
        ['abc', 0],
        ['abc', 0],
      ],
    )
    assert.equal((await send(server, 'GET', '/jobs/nobody/log')).status, 404)
    assert.equal((await send(server, 'GET', '/jobs/nobody/results')).status, 404)
  })

  it('an output that is not there', async (t) => {
    const server = await start(t)
    const id = await jobIn(server, 'Success')
    for (const method of ['GET', 'DELETE']) {
      const { status, body } = await send(server, method, `/jobs/${id}/archive`)
      assert.deepEqual([status, body.OrthancStatus, body.Details], [404, 7, 'Job has no such output'])
    }
  })

  it('rows of an answer are limited', async (t) => {
    const server = await start(t, { limits: { ...httpLimits, listedRows: 1 } })
    const id = await jobIn(server, 'Success')
    assert.equal((await send(server, 'GET', `/jobs/${id}/log?limit=100`)).body.length, 1)
    assert.equal((await send(server, 'GET', `/jobs/${id}/results`)).body.length, 1)
  })

  it('the list, by state and type, in order, page by page', async (t) => {
    const server = await start(t)
    const failed = await jobIn(server, 'Failure')
    const retried = await jobIn(server, 'Retry')
    const other = (await server.jobs.submit({ type: 'Other', parameters: 'failForNow', priority: 9 })).id
    await until(server, other, 'Retry')
    const list = async (query: string) => (await send(server, 'GET', `/jobs${query}`)).body
    assert.deepEqual(await list(''), [failed, retried, other])
    assert.deepEqual(await list('?expand=false'), [failed, retried, other])
    assert.deepEqual(
      (await list('?expand')).map(({ ID }: { ID: string }) => ID),
      [failed, retried, other],
    )
    assert.deepEqual(await list('?state=Retry'), [retried, other])
    assert.deepEqual(await list('?state=Retry,Failure&type=Test'), [failed, retried])
    assert.deepEqual(await list('?order=newest&limit=2'), [other, retried])
    assert.deepEqual(await list('?order=priority'), [other, failed, retried])
    assert.deepEqual(await list('?since=1&limit=1'), [retried])
    for (const query of ['?state=Lost', '?order=size', '?limit=-1']) {
      assert.equal((await send(server, 'GET', `/jobs${query}`)).status, 400, query)
    }
  })
})
