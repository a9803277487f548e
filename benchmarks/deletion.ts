import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Client } from '../interop/support/instances.ts'
import { processorMs, sleep } from '../interop/support/processes.ts'
import { type RunningServer, startServer } from '../interop/support/servers.ts'
import { median } from './figures.ts'
import { append, fill } from './grow/fill.ts'
import { type Population, populateStudy } from './grow/population.ts'

const help = `node benchmarks/deletion.ts [options]: how long the deletion of a large study takes
  --instances N   that are there besides: 120000
  --studies N     that they belong to: 1200
  --size N        instances of each study that is deleted: 2000
  --rounds N      20
  --folder PATH   where the catalog goes (the system's folder for temporary files)
  --catalog PATH  folder of a catalog that is kept, and used again when it is there`

const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '120000' },
    studies: { type: 'string', default: '1200' },
    size: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '20' },
    folder: { type: 'string', default: tmpdir() },
    catalog: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

const population: Population = { instances: Number(values.instances), studies: Number(values.studies) }
const [size, rounds] = [Number(values.size), Number(values.rounds)]

/** Milliseconds between two: what an answered deletion leaves to be done (log, files) is not in the way of the next. */
const pause = 500

/** The first one, which is not counted, warms up; they are of patients who have other studies, too. */
const doomed = Array.from({ length: rounds + 1 }, (_, index) => population.studies + index)

interface Times {
  /** Until the request is answered: then the deletion survives a power loss. */
  readonly answered: number
  /** Until somebody else does not find the study any more. */
  readonly visible: number
  /** Of the server's processor until both; its clock has steps of 10 ms, so one alone tells little. */
  readonly processor: number
}

async function deleteStudy(pid: number, deleter: Client, reader: Client, id: string): Promise<Times> {
  const path = `/studies/${id}`
  if ((await reader.send('GET', path)).status !== 200) throw new Error(`${path} is not there`)
  const before = processorMs(pid)
  const started = performance.now()
  const removal = deleter.send('DELETE', path).then(({ status }) => {
    if (status !== 200) throw new Error(`${path}: ${status}`)
    return performance.now() - started
  })
  // Asked without a pause, the question would take the time that the deletion needs.
  while ((await reader.send('GET', path)).status === 200) await sleep(1)
  const visible = performance.now() - started
  return { answered: await removal, visible, processor: processorMs(pid) - before }
}

const studyIdOf = (study: number): string => {
  const [first] = populateStudy(study, 1, population)
  if (first === undefined) throw new Error('A study without instances')
  return first.ids.study
}

async function deleteAll(server: RunningServer): Promise<readonly Times[]> {
  const [deleter, reader] = [new Client(server.httpPort), new Client(server.httpPort)]
  const times: Times[] = []
  try {
    for (const study of doomed) {
      times.push(await deleteStudy(server.pid, deleter, reader, studyIdOf(study)))
      await sleep(pause)
    }
  } finally {
    deleter.close()
    reader.close()
  }
  return times.slice(1)
}

function print(name: string, times: readonly number[]): void {
  const [least, most] = [Math.min(...times), Math.max(...times)]
  console.log(
    `${name} after ${median(times)?.toFixed(1)} ms (${least.toFixed(1)}-${most.toFixed(1)}, ${times.length} rounds)`,
  )
}

async function main(): Promise<void> {
  if (values.help) return console.log(help)
  const folder = mkdtempSync(join(values.folder, 'kingsfoil-deletion-'))
  const storage = values.catalog ?? join(folder, 'grown')
  try {
    mkdirSync(storage, { recursive: true })
    const path = join(storage, 'catalog.sqlite')
    if (!existsSync(path)) fill(path, population, (text) => console.error(text))
    append(
      path,
      doomed.flatMap((study) => [...populateStudy(study, size, population)]),
    )
    const server = await startServer('kingsfoil', { folder, storage })
    try {
      const times = await deleteAll(server)
      print(
        'answered',
        times.map(({ answered }) => answered),
      )
      print(
        'gone for readers',
        times.map(({ visible }) => visible),
      )
      const processor = times.reduce((sum, each) => sum + each.processor, 0) / times.length
      console.log(`processor time of the server until then ${processor.toFixed(1)} ms on average`)
    } finally {
      await server.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await main()
