import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Catalog } from '../packages/server/src/catalog/catalog.ts'
import { claimJobs } from '../packages/server/src/catalog/jobs/claim-jobs.ts'
import { openForWriting } from '../packages/server/src/catalog/sqlite/database.ts'
import { Session } from '../packages/server/src/catalog/sqlite/session.ts'
import { type JobType, jobType } from '../packages/server/src/jobs/job-type.ts'
import { Jobs } from '../packages/server/src/jobs/jobs.ts'

/**
 * The engine with very many jobs that wait: `node benchmarks/jobs.ts [jobs]`. Prints milliseconds, and jobs per second.
 */
const count = Number(process.argv[2] ?? 100_000)
const submitters = 64

const typeOf = (name: string, run: JobType['run']): JobType =>
  jobType({
    name,
    parse: (stored) => stored,
    plan: async () => ({ steps: [0] }),
    run,
    describe: () => ({}),
  })

const silent = (): void => undefined

function open(catalog: Catalog, types: readonly JobType[], concurrentJobs: number): Jobs {
  return new Jobs({
    catalog: catalog.jobs,
    types,
    clock: Date.now,
    options: { concurrentJobs, historySize: 10, keptOutputs: 1, resumeJobs: true },
    readBlob: async function* () {},
    holdBlobs: () => () => undefined,
    onPartsKept: silent,
    reclaim: silent,
    nudge: silent,
    log: { debug: silent, info: silent, warn: console.error, error: console.error },
  })
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN

async function timesOf(rounds: number, task: () => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now()
    await task()
    times.push(performance.now() - begun)
  }
  return times
}

const show = (what: string, times: readonly number[]): void =>
  console.log(
    `${what}: median ${quantile(times, 0.5).toFixed(2)} ms, p95 ${quantile(times, 0.95).toFixed(2)} ms`,
  )

const folder = await mkdtemp(join(tmpdir(), 'kingsfoil-bench-jobs-'))
const catalog = await Catalog.open(folder)
const stuck = typeOf(
  'A',
  (_, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
)
const types = [stuck, typeOf('B', stuck.run), typeOf('C', stuck.run)]
const jobs = open(catalog, types, 2)

const names = ['A', 'B', 'C']
const parameters = {
  resources: Array.from({ length: 4 }, () => '66c8e41e-ac3a9029-0b85e42a-8195ee0a-92c2e62e'),
}
const begun = performance.now()
let submitted = 0
await Promise.all(
  Array.from({ length: submitters }, async () => {
    while (submitted < count) {
      submitted += 1
      await jobs.submit({ type: names[submitted % 3] ?? 'A', parameters, priority: submitted % 10 })
    }
  }),
)
const seconds = (performance.now() - begun) / 1000
console.log(`submit, ${submitters} at a time: ${Math.round(count / seconds)} per s`)
show('submit, one at a time', await timesOf(200, () => jobs.submit({ type: 'A', parameters })))

const some = await jobs.submit({ type: 'A', parameters })
const owner = crypto.randomUUID()
const rooms = names.map((type) => ({ type, most: 1 }))
const retention = { history: 10, outputs: 1 }
const request = { owner, lease: 30_000, most: 1, rooms, retention }
show('claim', await timesOf(500, () => catalog.jobs.claim({ ...request, now: Date.now() })))

// How much of that is the disk's.
show('another write', await timesOf(500, () => catalog.jobs.setPriority({ id: some.id, priority: 1 })))

for (const query of [
  { order: 'oldest' },
  { order: 'newest' },
  { order: 'priority' },
  { states: ['Pending'], order: 'priority' },
  { states: ['Success', 'Failure'] },
  { types: ['C'], since: 1000 },
] as const) {
  const times = await timesOf(20, async () =>
    (await jobs.list({ ...query, limit: 100 })).map((job) => jobs.describe(job)),
  )
  show(`list of 100, ${JSON.stringify(query)}`, times)
}

const [start = 0] = await timesOf(1, () => jobs.start())
console.log(`start, 500 jobs of another process to take back: ${start.toFixed(0)} ms`)
await jobs.stop()

// What it takes to run them: jobs of one step that does nothing.
const quick = open(
  catalog,
  names.map((name) => typeOf(name, async () => undefined)),
  4,
)
const ended = Promise.withResolvers<void>()
let left = 2000
quick.onProgress(({ job }) => {
  if (job.state === 'Success' && --left === 0) ended.resolve()
})
const runs = performance.now()
await quick.start()
await ended.promise
console.log(`jobs of one step, 4 at a time: ${Math.round(2000 / ((performance.now() - runs) / 1000))} per s`)
await quick.stop()
await catalog.close()

const { database } = openForWriting(join(folder, 'catalog.sqlite'))
const session = new Session(database)
const works: number[] = []
for (let round = 0; round < 500; round++) {
  session.begin()
  const now = Date.now()
  works.push(...(await timesOf(1, async () => claimJobs(session, { ...request, now }))))
  session.commit()
}
show('claim, up to its sync', works)
session.close()
await rm(folder, { recursive: true })
