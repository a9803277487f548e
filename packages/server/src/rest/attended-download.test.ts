import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StepContext } from '../jobs/job-type.ts'
import type { Job } from '../model/job.ts'
import { spooledDownload } from './attended-download.ts'
import type { JobsRoom } from './rooms.ts'

test('what was spooled is released when its job is cancelled in the last moment', async () => {
  const error = { code: 'CanceledJob', details: '', payload: undefined } as const
  const jobs: Pick<JobsRoom, 'attend'> = {
    attend: async (_submission, work) => {
      await work({} as StepContext<unknown>)
      return { id: 'a', ended: Promise.resolve({ state: 'Failure', error } as unknown as Job) }
    },
  }
  let released = 0
  const spool = async (bytes: AsyncIterable<Uint8Array>) => {
    const all = await Array.fromAsync(bytes)
    return {
      size: all.length,
      read: () => bytes,
      release: async () => {
        released++
      },
    }
  }
  const attendance = {
    submission: { type: 'Archive', parameters: {} },
    facts: {},
    contentType: 'application/zip',
    headers: {},
    produce: () => ({
      bytes: (async function* () {
        yield new Uint8Array(1)
      })(),
      outcome: () => ({}),
    }),
    left: new AbortController().signal,
  }
  const download = spooledDownload(jobs as JobsRoom, attendance, spool)
  await assert.rejects(download, { code: 'CanceledJob' })
  assert.equal(released, 1)
})
