import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError } from '../model/domain-error.ts'
import type { JobError } from '../model/job.ts'
import { jobType } from './job-type.ts'
import { Gates, listType, withJobs } from './jobs.fixture.ts'

const timeout = 20_000

const submission = (parameters: readonly string[], more = {}) => ({ type: 'List', parameters, ...more })

async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

const read = async (bytes: AsyncIterable<Uint8Array>) => Buffer.concat(await collect(bytes)).toString()

test('a job runs step by step; results, facts, outcomes, log and parts are kept', { timeout }, () =>
  withJobs(async ({ engine, blobs, clock }) => {
    const seen: unknown[] = []
    const jobs = engine([
      listType<string>(
        async (step, { index, facts, results, report, log }) => {
          seen.push([step, facts, await collect(results())])
          report(`resource ${index}`)
          log('info', `did ${step}`)
          return {
            facts: { last: step },
            result: { index },
            parts: [{ ...blobs.write(`<${step}>`), output: 'archive' }],
          }
        },
        {
          outputs: {
            archive: {
              contentType: 'application/zip',
              filename: (parameters) => `${(parameters as string[])[0]}.zip`,
            },
          },
        },
      ),
    ])
    await jobs.start()
    const job = await jobs.submit(submission(['a', 'b', 'c'], { priority: 3, userData: { mine: 1 } }))
    assert.match(job.id, /^[0-9a-f-]{36}$/)
    assert.deepEqual(
      [job.state, job.steps, job.priority, job.userData, job.created],
      ['Pending', 3, 3, { mine: 1 }, clock.now],
    )
    const done = await jobs.ended(job.id)
    assert.deepEqual(
      [done.state, done.cursor, done.facts, done.error],
      ['Success', 3, { last: 'c' }, undefined],
    )
    assert.deepEqual(seen, [
      ['a', {}, []],
      ['b', { last: 'a' }, [{ index: 0 }]],
      ['c', { last: 'b' }, [{ index: 0 }, { index: 1 }]],
    ])
    assert.deepEqual(jobs.describe(done), { Count: 3, last: 'c' })
    assert.equal(jobs.progressOf(done), 100)
    assert.deepEqual(await jobs.outcomes(job.id, { since: 1, limit: 1 }), [
      { number: 2, resource: 'resource 1', error: undefined },
    ])
    const lines = await jobs.log(job.id, { since: 0, limit: 10 })
    assert.deepEqual(
      lines?.map(({ text }) => text),
      ['did a', 'did b', 'did c'],
    )
    const output = await jobs.output(job.id, 'archive')
    assert.deepEqual([output?.size, output?.contentType, output?.filename], [9, 'application/zip', 'a.zip'])
    assert.equal(output && (await read(output.read())), '<a><b><c>')
    assert.equal(output && (await read(output.read({ start: 2, end: 7 }))), '><b><')
    assert.equal(blobs.confirmed.size, 3)
    assert.deepEqual(await jobs.get(job.id), done)
  }),
)
