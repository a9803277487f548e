import { openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { FilesystemBlobStore } from '../blobs/filesystem-blob-store.ts'
import { Catalog } from '../catalog/catalog.ts'
import { DomainError } from '../model/domain-error.ts'
import { Reclaimer } from '../resources/reclaimer.ts'
import { type JobType, jobType } from './job-type.ts'
import { Jobs } from './jobs.ts'

/**
 * A program that runs jobs until it is killed, for `crash.test.ts`. What it did it notes in a file outside, in the
 * order in which it happened: `<what> <job> <step>`.
 */
const [folder = '', jobCount = '0', mode = 'chaos'] = process.argv.slice(2)

const marks = openSync(join(folder, 'marks'), 'a')
const mark = (...words: readonly (string | number)[]): void => void writeSync(marks, `${words.join(' ')}\n`)

interface Parameters {
  readonly steps: number
  /** Step that fails, for now or for good. */
  readonly bad: number
  readonly isPassing: boolean
}

const blobs = new FilesystemBlobStore(join(folder, 'blobs'))
const catalog = await Catalog.open(join(folder, 'catalog'))
const report = (...what: readonly unknown[]): void => console.error(...what)
const reclaimer = new Reclaimer(blobs, catalog, report)

async function* textOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

const marking: JobType = jobType<Parameters, number>({
  name: 'Marking',
  parse: (stored) => stored as unknown as Parameters,
  plan: async ({ steps }) => ({ steps: Array.from({ length: steps }, (_, index) => index) }),
  run: async (step, { jobId, parameters, results }) => {
    mark('start', jobId, step)
    try {
      await pause(Math.random() * 4)
      const before = await Array.fromAsync(results())
      if (before.length !== step) throw new Error(`${before.length} results before step ${step}`)
      const isBad = step === parameters.bad && Math.random() < 0.5
      if (isBad)
        throw new DomainError('NetworkProtocol', '', parameters.isPassing ? { passing: { after: 30 } } : {})
      const { key: blob, size } = await blobs.write(textOf(`<${step}>`))
      mark('done', jobId, step)
      return { result: { step }, parts: [{ output: 'archive', blob, size }] }
    } finally {
      mark('end', jobId, step)
    }
  },
  describe: () => ({}),
  retry: { times: 100, first: 1, longest: 1 },
})

const jobs = new Jobs({
  catalog: catalog.jobs,
  types: [marking],
  clock: Date.now,
  options: { concurrentJobs: 4, historySize: 1e6, keptOutputs: 1e6, resumeJobs: true },
  readBlob: (key, span) => blobs.read(key, span),
  holdBlobs: (keys) => reclaimer.hold(keys),
  onPartsKept: (keys) => {
    for (const key of keys) blobs.confirm(key)
  },
  reclaim: () => reclaimer.wake(),
  nudge: () => undefined,
  log: { debug: () => undefined, info: () => undefined, warn: report, error: report },
})

async function settleBlobs(): Promise<void> {
  for await (const key of blobs.unconfirmed()) {
    if (await catalog.hasBlob(key)) blobs.confirm(key)
    else await blobs.remove(key)
  }
  reclaimer.wake()
}

async function submitAll(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const steps = 3 + (index % 9)
    const bad = index % 3 === 0 ? index % steps : -1
    const { id } = await jobs.submit({
      type: 'Marking',
      parameters: { steps, bad, isPassing: index % 2 === 0 },
      priority: index % 4,
    })
    mark('submitted', id, steps)
  }
}

/** Commands at random. What is going to happen is noted before, what was answered after. */
async function interfere(): Promise<never> {
  for (;;) {
    const listed = await jobs.list({})
    for (let turn = 0; turn < 20; turn++) {
      const job = listed[Math.floor(Math.random() * listed.length)]
      if (job === undefined) break
      const dice = Math.random()
      const command = dice < 0.4 ? 'pause' : dice < 0.75 ? 'resume' : dice < 0.8 ? 'cancel' : 'resubmit'
      mark('asked', job.id, command)
      mark('answered', job.id, command, await jobs[command](job.id))
      await pause(Math.random() * 5)
    }
  }
}

async function finish(): Promise<void> {
  for (const { id } of await jobs.list({ states: ['Paused'] })) {
    mark('asked', id, 'resume')
    await jobs.resume(id)
  }
  for (const { id } of await jobs.list({})) await jobs.ended(id)
  for (const { id, state, error } of await jobs.list({})) {
    const output = await jobs.output(id, 'archive')
    const bytes = output === undefined ? [] : await Array.fromAsync(output.read())
    mark('final', id, state, Buffer.concat(bytes).toString() || '-', error?.code ?? '-')
  }
  await jobs.stop()
  reclaimer.wake()
  await reclaimer.idle()
  const stored = await Array.fromAsync(blobs.list())
  for (const key of stored) {
    const isOwned = await catalog.hasBlob(key)
    if ((await blobs.size(key)) !== 0 && !isOwned) mark('orphan', key)
  }
  await blobs.close()
  await catalog.close()
}

jobs.onProgress(({ job }) => {
  if (job.state === 'Success' || job.state === 'Failure') mark('over', job.id, job.state)
})
await settleBlobs()
await jobs.start()
console.log('ready')
if (mode === 'chaos') {
  await submitAll(Number(jobCount))
  await interfere()
} else {
  await finish()
}
