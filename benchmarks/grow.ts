import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Client } from '../interop/support/instances.ts'
import { processorMs, run } from '../interop/support/processes.ts'
import { type RunningServer, startServer } from '../interop/support/servers.ts'
import { fill } from './grow/fill.ts'
import { accessionOf, patientIdOfStudy, studyDateOf } from './grow/population.ts'
import type { LoadResult } from './load.ts'

const help = `node benchmarks/grow.ts [options]: how a catalog with many instances answers
  --instances N   200000
  --studies N     2000
  --rounds N      of every question: 200
  --folder PATH   where the catalog goes (the system's folder for temporary files)
  --catalog PATH  folder of a catalog that is kept, and used again when it is there`

const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '200000' },
    studies: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '200' },
    folder: { type: 'string', default: tmpdir() },
    catalog: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

const population = { instances: Number(values.instances), studies: Number(values.studies) }
const rounds = Number(values.rounds)

type Ask = (round: number) => { readonly path: string; readonly body: object }

const find = (body: object) => ({ path: '/tools/find', body })
const study = (round: number) => (round * 7919) % population.studies

const month = (round: number): string => {
  const first = studyDateOf(study(round)).slice(0, 6)
  return `${first}01-${first}31`
}

/** The questions of the targets, each about something else in every round. */
const questions: Readonly<Record<string, Ask>> = {
  'study by PatientID': (round) =>
    find({ Level: 'Study', Query: { PatientID: patientIdOfStudy(study(round), population) }, Expand: true }),
  'study by AccessionNumber': (round) =>
    find({ Level: 'Study', Query: { AccessionNumber: accessionOf(study(round)) } }),
  'studies by name prefix': (round) =>
    find({ Level: 'Study', Query: { PatientName: `${['SMITHS', 'KIMB', 'ROSSIE', 'CHENL'][round % 4]}*` } }),
  'studies by name part': (round) =>
    find({
      Level: 'Study',
      Query: { PatientName: `*${['ITHSON^AN', 'IMBERG^O', 'OVAKES^I', 'HENLEY^E'][round % 4]}*` },
    }),
  'studies of a month': (round) => find({ Level: 'Study', Query: { StudyDate: month(round) } }),
  'expand 100 by name prefix': (round) =>
    find({
      Level: 'Study',
      Query: { PatientName: `${['S', 'K', 'R', 'CH'][round % 4]}*` },
      Expand: true,
      Limit: 100,
    }),
  'series by Modality and month, expand 100': (round) =>
    find({
      Level: 'Series',
      Query: { Modality: ['CT', 'MR', 'PT'][round % 3], StudyDate: month(round) },
      Expand: true,
      Limit: 100,
    }),
  'studies by description part and month': (round) =>
    find({ Level: 'Study', Query: { StudyDescription: '*TRAUMA*', StudyDate: month(round) } }),
  'newest 50 studies, expanded': () =>
    find({
      Level: 'Study',
      Query: {},
      Expand: true,
      Limit: 50,
      OrderBy: [{ Type: 'Metadata', Key: 'LastUpdate', Direction: 'DESC' }],
    }),
  'newest 50 studies by StudyDate, expanded': () =>
    find({
      Level: 'Study',
      Query: {},
      Expand: true,
      Limit: 50,
      OrderBy: [{ Type: 'DicomTag', Key: 'StudyDate', Direction: 'DESC' }],
    }),
  'instances of a series': (round) =>
    find({ Level: 'Instance', Query: { AccessionNumber: accessionOf(study(round)), SeriesNumber: '1' } }),
  'count series by Modality': () => ({
    path: '/tools/count-resources',
    body: { Level: 'Series', Query: { Modality: 'PT' } },
  }),
}

const share = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN

/** Where others use the machine, too, the processor time of the server tells more than that on the clock. */
async function askAll(client: Client, { pid }: RunningServer): Promise<void> {
  console.log('| Question | hits | median ms | p95 ms | processor ms |\n| --- | --: | --: | --: | --: |')
  for (const [name, ask] of Object.entries(questions)) {
    const times: number[] = []
    let hits = ''
    let before = 0
    for (let round = -3; round < rounds; round++) {
      const { path, body } = ask(round + 3)
      if (round === 0) before = processorMs(pid)
      const answer = await client.send('POST', path, JSON.stringify(body))
      if (answer.status !== 200) throw new Error(`${name}: ${answer.body.toString()}`)
      if (round >= 0) times.push(answer.ms)
      const value = JSON.parse(answer.body.toString()) as readonly unknown[] | { readonly Count: number }
      hits = String('Count' in value ? value.Count : value.length)
    }
    times.sort((one, other) => one - other)
    const processor = (processorMs(pid) - before) / rounds
    console.log(
      `| ${name} | ${hits} | ${[share(times, 0.5), share(times, 0.95), processor].map((ms) => ms.toFixed(1)).join(' | ')} |`,
    )
  }
}

const uploads = 2000

interface UploadCost {
  readonly perSecond: number
  /** Of the server, for each instance. */
  readonly processorMs: number
}

/** Of instances that no catalog has yet, also when it is used again. */
async function upload(server: RunningServer): Promise<UploadCost> {
  const before = processorMs(server.pid)
  const job = {
    kind: 'upload',
    client: 'node',
    name: `grow ${Date.now()}`,
    count: uploads,
    rows: 2,
    columns: 2,
    clients: 8,
    port: server.httpPort,
  }
  const result = await run(process.execPath, [join(import.meta.dirname, 'load.ts'), JSON.stringify(job)], {
    timeoutMs: 900_000,
  })
  if (result.code !== 0) throw new Error(result.stderr)
  const { perSecond } = JSON.parse(result.stdout) as LoadResult
  return { perSecond, processorMs: (processorMs(server.pid) - before) / uploads }
}

const describeCost = ({ perSecond, processorMs: ms }: UploadCost): string =>
  `${perSecond.toFixed(0)} per s (${ms.toFixed(2)} processor ms each)`

/** From the request until a search does not find the study any more. */
async function deleteLast(client: Client): Promise<number> {
  const body = { Level: 'Study', Query: { AccessionNumber: accessionOf(population.studies - 1) } }
  const search = async () =>
    JSON.parse(
      (await client.send('POST', '/tools/find', JSON.stringify(body))).body.toString(),
    ) as readonly string[]
  const [id] = await search()
  if (id === undefined) return Number.NaN
  const started = performance.now()
  const removal = client.send('DELETE', `/studies/${id}`)
  while ((await search()).length > 0);
  const visible = performance.now() - started
  await removal
  return visible
}

async function measure(storage: string, folder: string): Promise<void> {
  mkdirSync(join(folder, 'empty'), { recursive: true })
  const empty = await startServer('kingsfoil', { folder: join(folder, 'empty') })
  await upload(empty)
  const intoEmpty = await upload(empty)
  await empty.stop()
  const server = await startServer('kingsfoil', { folder, storage })
  const client = new Client(server.httpPort)
  try {
    console.log(`first answer after ${server.startMs.toFixed(0)} ms`)
    await askAll(client, server)
    await upload(server)
    const intoGrown = await upload(server)
    console.log(
      `tiny instances: ${describeCost(intoEmpty)} into an empty catalog, ${describeCost(intoGrown)} into this one`,
    )
    console.log(
      `deletion of the last study (2,000 instances) visible after ${(await deleteLast(client)).toFixed(0)} ms`,
    )
    console.log(`resident memory ${(server.residentBytes() / 1e6).toFixed(0)} MB`)
  } finally {
    client.close()
    await server.stop()
  }
}

async function main(): Promise<void> {
  if (values.help) return console.log(help)
  const folder = mkdtempSync(join(values.folder, 'kingsfoil-grow-'))
  const storage = values.catalog ?? join(folder, 'grown')
  try {
    mkdirSync(storage, { recursive: true })
    const path = join(storage, 'catalog.sqlite')
    if (!existsSync(path)) fill(path, population, (text) => console.error(text))
    console.log(`catalog of ${(statSync(path).size / 1e6).toFixed(0)} MB`)
    await measure(storage, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await main()
