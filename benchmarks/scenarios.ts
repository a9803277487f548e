import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { get, getJson } from '../interop/support/http.ts'
import { freePort, run, sleep, watchMemory } from '../interop/support/processes.ts'
import { noise } from '../interop/support/random.ts'
import {
  type RunningServer,
  type ServerKind,
  type ServerOptions,
  startServer,
} from '../interop/support/servers.ts'
import { imageFile, pixelBytesOf, seriesOf } from '../interop/support/synthetic.ts'
import { environment, nodeArguments } from '../scripts/build.mjs'
import { archivedSlices, archiveRounds } from './archive-rounds.ts'
import type { FigureId, Measurements, Subject } from './figures.ts'
import { findRounds } from './find-rounds.ts'
import type { GiantJob } from './giant-load.ts'
import type { DownloadJob, LoadResult, UploadJob } from './load.ts'
import { askWithWrk, uploadWithWrk } from './wrk.ts'

/** What all scenarios share. */
export interface Bench {
  readonly measurements: Measurements
  readonly kinds: readonly ServerKind[]
  readonly rounds: number
  /** Storage of the servers. */
  readonly folder: string
  /** CT files on disk for storescu: `1`, `4/a` … `4/d`, `tiny`, `warm` and the shorter `nagle1`, `nagle4/a` … */
  readonly files: string
  readonly slices: number
  /** With Nagle on, an association stores about 20 per second whatever the server. */
  readonly nagleSlices: number
  readonly storedInstances: number
  /** Studies of two instances that searches go through. */
  readonly searchedStudies: number
  readonly giantFrames: number
}

/** Uploads before those that are measured: Node goes on compiling for thousands of them. */
const [tinyWarmUpCount, warmUpCount] = [3000, 1000]
const warmUpSeconds = 2
const readSeconds = 5

async function load(
  server: RunningServer,
  job: Omit<UploadJob, 'port'> | Omit<DownloadJob, 'port'>,
): Promise<LoadResult> {
  return loadPort(server.httpPort, job)
}

async function loadPort(
  port: number,
  job: Omit<UploadJob, 'port'> | Omit<DownloadJob, 'port'>,
): Promise<LoadResult> {
  const result = await run(
    process.execPath,
    [join(import.meta.dirname, 'load.ts'), JSON.stringify({ ...job, port })],
    {
      timeoutMs: 900_000,
    },
  )
  if (result.code !== 0) throw new Error(result.stderr)
  return JSON.parse(result.stdout) as LoadResult
}

interface UploadLoad {
  readonly count: number
  readonly size: number
  readonly clients: number
  readonly client?: 'lean' | 'node'
}

const sizesOf = ({ size, clients }: UploadLoad) => ({ rows: size, columns: size, clients })

const upload = (server: RunningServer, name: string, job: UploadLoad) =>
  load(server, { kind: 'upload', client: job.client ?? 'lean', name, count: job.count, ...sizesOf(job) })

/** The kinds, the other one first in every second round. */
const turn = (bench: Bench, round: number) => (round % 2 === 0 ? bench.kinds : [...bench.kinds].reverse())

let folders = 0

/** An empty folder, which is left behind: see the report on deleting. Nothing is left to be written by others. */
async function freshFolder(bench: Bench, subject: Subject): Promise<string> {
  const folder = join(bench.folder, `${subject}-${++folders}`)
  mkdirSync(folder, { recursive: true })
  await run('sync', [])
  return folder
}

/** Starts a server with empty storage. */
async function withFresh<T>(
  bench: Bench,
  kind: ServerKind,
  env: Readonly<Record<string, string>>,
  use: (server: RunningServer) => Promise<T>,
  config: Readonly<Record<string, unknown>> = {},
): Promise<T> {
  const server = await startServer(kind, { folder: await freshFolder(bench, kind), env, config })
  try {
    return await use(server)
  } finally {
    await server.stop()
  }
}

async function warmUp(
  send: (name: string, load: UploadLoad) => Promise<LoadResult>,
  job: UploadLoad,
): Promise<void> {
  await send('tiny', { count: tinyWarmUpCount, size: 2, clients: 8 })
  await send('warm', { ...job, count: warmUpCount })
}

async function uploadRounds(bench: Bench, figure: FigureId, job: UploadLoad): Promise<void> {
  for (let round = 0; round < bench.rounds; round++) {
    for (const kind of turn(bench, round)) {
      await withFresh(bench, kind, {}, async (server) => {
        await warmUp((name, load) => upload(server, name, load), job)
        const { perSecond } = await upload(server, `round ${round}`, job)
        bench.measurements.add(figure, kind, perSecond)
        if (figure === 'upload8') bench.measurements.add('memory', kind, server.residentBytes() / 1e6)
      })
    }
    if (job.client !== 'node') await bareUpload(bench, figure, job)
  }
}

/** Seconds of uploads by wrk, and as many different instances as no server stores in them. */
const [tinyWarmUpSeconds, tinySeconds, tinyPerSecond] = [3, 5, 5000]

function* tinyFiles(name: string, seconds: number): Generator<Buffer> {
  const shape = { rows: 2, columns: 2 }
  const pixels = noise(pixelBytesOf(shape), 1)
  for (const image of seriesOf(name, seconds * tinyPerSecond, shape.rows, shape.columns)) {
    yield imageFile(image, pixels)
  }
}

async function tinyRounds(bench: Bench): Promise<void> {
  const send = (port: number, name: string, seconds: number) =>
    uploadWithWrk(bench.folder, port, tinyFiles(name, seconds), { clients: 8, seconds })
  const measure = async (subject: Subject, port: number) => {
    await send(port, 'warm', tinyWarmUpSeconds)
    bench.measurements.add('tiny8', subject, await send(port, 'measured', tinySeconds))
  }
  for (let round = 0; round < bench.rounds; round++) {
    for (const kind of turn(bench, round)) {
      await withFresh(bench, kind, {}, (server) => measure(kind, server.httpPort))
    }
    await withBareServer('bare-ingest.ts', await freshFolder(bench, 'bare'), (port) => measure('bare', port))
  }
}

/** The same uploads to a server that stores what comes and does nothing else. */
async function bareUpload(bench: Bench, figure: FigureId, job: UploadLoad): Promise<void> {
  await withBareServer('bare-ingest.ts', await freshFolder(bench, 'bare'), async (port) => {
    const send = (name: string, load: UploadLoad) =>
      loadPort(port, { kind: 'upload', client: 'lean', name, count: load.count, ...sizesOf(load) })
    await warmUp(send, job)
    bench.measurements.add(figure, 'bare', (await send('bare', job)).perSecond)
  })
}

async function storescu(
  server: RunningServer,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const args = ['-aec', 'ORTHANC', '+sd', '+r', '127.0.0.1', String(server.dicomPort), folder]
  const result = await run('storescu', args, { env, timeoutMs: 900_000 })
  if (result.code !== 0) throw new Error(`storescu: ${result.stdout}${result.stderr}`)
}

async function storeRounds(
  bench: Bench,
  figure: FigureId,
  folders: readonly string[],
  count: number,
  noDelay: boolean,
) {
  const env: Readonly<Record<string, string>> = noDelay ? { TCP_NODELAY: '1' } : {}
  for (let round = 0; round < bench.rounds; round++) {
    for (const kind of turn(bench, round)) {
      await withFresh(bench, kind, env, async (server) => {
        for (const name of ['tiny', 'warm']) {
          await storescu(server, join(bench.files, name), { TCP_NODELAY: '1' })
        }
        const before = (await getJson<{ CountInstances: number }>(server.httpPort, '/statistics'))
          .CountInstances
        const started = performance.now()
        await Promise.all(folders.map((folder) => storescu(server, join(bench.files, folder), env)))
        const seconds = (performance.now() - started) / 1000
        const after = (await getJson<{ CountInstances: number }>(server.httpPort, '/statistics'))
          .CountInstances
        if (after - before !== count) throw new Error(`${after - before} instances instead of ${count}`)
        bench.measurements.add(figure, kind, count / seconds)
      })
    }
  }
}

/** Runs `use` with a bare Node server over a folder: one that streams its files, or one that fills it. */
async function withBareServer<T>(
  name: 'bare-server.ts' | 'bare-ingest.ts',
  folder: string,
  use: (port: number) => Promise<T>,
): Promise<T> {
  const port = await freePort()
  const script = join(import.meta.dirname, name)
  const child = spawn(process.execPath, [...nodeArguments, script, folder, String(port)], {
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  })
  try {
    while ((await get(port, '/json').catch(() => undefined)) === undefined) await sleep(20)
    return await use(port)
  } finally {
    child.kill()
  }
}

async function withAll(
  bench: Bench,
  kinds: readonly ServerKind[],
  use: (servers: ReadonlyMap<ServerKind, RunningServer>) => Promise<void>,
  { env = {}, config = {} }: Pick<ServerOptions, 'env' | 'config'> = {},
): Promise<void> {
  const start = async (
    [kind, ...others]: readonly ServerKind[],
    started: ReadonlyMap<ServerKind, RunningServer>,
  ): Promise<void> => {
    if (kind === undefined) return use(started)
    const next = (server: RunningServer) => start(others, new Map([...started, [kind, server]]))
    await withFresh(bench, kind, env, next, config)
  }
  await start(kinds, new Map())
}

/** Ten studies, so that a series has the size that series have. */
async function uploadStudies(server: RunningServer, slices: number): Promise<readonly string[]> {
  const ids: string[] = []
  for (let study = 0; study < 10; study++) {
    const job = { count: Math.ceil(slices / 10), size: 512, clients: 8 }
    ids.push(...(await upload(server, `read ${study}`, job)).ids)
  }
  return ids
}

interface Reads {
  readonly port: number
  readonly files: readonly string[]
  readonly tags?: readonly string[]
  readonly series?: readonly string[]
}

async function readsOf(server: RunningServer, slices: number): Promise<Reads> {
  const ids = await uploadStudies(server, slices)
  const series = await getJson<readonly string[]>(server.httpPort, '/series')
  return {
    port: server.httpPort,
    files: ids.map((id) => `/instances/${id}/file`),
    tags: ids.map((id) => `/instances/${id}/simplified-tags`),
    series: series.map((id) => `/series/${id}`),
  }
}

async function readOnce(
  bench: Bench,
  subject: Subject,
  reads: Reads,
  client: 'wrk' | 'node',
  seconds: number,
) {
  const suffix = client === 'node' ? 'node' : ''
  const counts = { files: bench.slices * 3, tags: bench.slices * 8, series: bench.slices * 4 }
  const figureOf = { files: `file8${suffix}`, tags: `tags8${suffix}`, series: `series8${suffix}` } as const
  for (const what of ['files', 'tags', 'series'] as const) {
    const paths = reads[what]
    if (paths === undefined) continue
    const perSecond =
      client === 'wrk'
        ? await askWithWrk(bench.folder, reads.port, paths, { clients: 8, seconds })
        : (await loadPort(reads.port, { kind: 'download', client, clients: 8, paths, count: counts[what] }))
            .perSecond
    if (seconds > warmUpSeconds) bench.measurements.add(figureOf[what], subject, perSecond)
  }
}

async function readRounds(bench: Bench): Promise<void> {
  await withBareServer('bare-server.ts', join(bench.files, '1'), (barePort) =>
    withAll(bench, bench.kinds, async (servers) => {
      const reads = new Map<Subject, Reads>()
      const files = Array.from({ length: bench.slices }, (_, index) => `/${index}`)
      reads.set('bare', { port: barePort, files })
      for (const [kind, server] of servers) reads.set(kind, await readsOf(server, bench.slices))
      for (const [subject, target] of reads) await readOnce(bench, subject, target, 'wrk', warmUpSeconds)
      for (let round = 0; round < bench.rounds; round++) {
        for (const client of ['wrk', 'node'] as const) {
          const order = round % 2 === 0 ? [...reads] : [...reads].reverse()
          for (const [subject, target] of order) await readOnce(bench, subject, target, client, readSeconds)
        }
      }
    }),
  )
}

async function startRounds(bench: Bench): Promise<void> {
  for (const kind of bench.kinds) {
    const folder = join(bench.folder, `${kind}-start`)
    mkdirSync(folder, { recursive: true })
    const first = await startServer(kind, { folder })
    await upload(first, 'start', { count: bench.storedInstances, size: 2, clients: 8 })
    await first.stop()
    for (let round = 0; round < bench.rounds + 2; round++) {
      const server = await startServer(kind, { folder })
      bench.measurements.add('start', kind, server.startMs)
      await server.stop()
    }
  }
}

async function giantRound(
  bench: Bench,
  figure: 'giantHttp' | 'giantDicom',
  kind: GiantJob['kind'],
): Promise<void> {
  const script = join(import.meta.dirname, 'giant-load.ts')
  const measure = async (server: RunningServer) => {
    const port = kind === 'http' ? server.httpPort : server.dicomPort
    const job: GiantJob = { kind, port, name: kind, count: 10, frames: bench.giantFrames }
    const memory = watchMemory(server.pid)
    const result = await run(process.execPath, [script, JSON.stringify(job)], { timeoutMs: 900_000 })
    const peak = memory.stop()
    if (result.code !== 0) throw new Error(result.stderr)
    bench.measurements.add(figure, 'kingsfoil', peak / 1e6)
    const { seconds } = JSON.parse(result.stdout) as { seconds: number }
    process.stderr.write(`  ${seconds.toFixed(1)} s for 10 instances\n`)
  }
  // As many associations are served at a time as instances come.
  const folder = await freshFolder(bench, 'kingsfoil')
  const server = await startServer('kingsfoil', { folder, config: { DicomThreadsCount: 10 } })
  try {
    await measure(server)
  } finally {
    await server.stop()
  }
  // A few large files: without them the next giants have room, and a file system loses no time over their removal.
  rmSync(folder, { recursive: true })
}

const four = (name: string) => ['a', 'b', 'c', 'd'].map((part) => `${name}/${part}`)

/** What `--only` chooses from, in the order of running. */
export const scenarios: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  upload1: (bench) => uploadRounds(bench, 'upload1', { count: bench.slices, size: 512, clients: 1 }),
  upload8: (bench) => uploadRounds(bench, 'upload8', { count: bench.slices, size: 512, clients: 8 }),
  tiny8: tinyRounds,
  tiny8node: (bench) => uploadRounds(bench, 'tiny8node', { count: bench.slices * 4, size: 2, clients: 8 }),
  uploadNode: async (bench) => {
    const job = { count: bench.slices, size: 512, client: 'node' } as const
    await uploadRounds(bench, 'upload1node', { ...job, clients: 1 })
    await uploadRounds(bench, 'upload8node', { ...job, clients: 8 })
  },
  store1: (bench) => storeRounds(bench, 'store1', ['1'], bench.slices, true),
  store4: (bench) => storeRounds(bench, 'store4', four('4'), bench.slices, true),
  nagle1: (bench) => storeRounds(bench, 'nagle1', ['nagle1'], bench.nagleSlices, false),
  nagle4: (bench) => storeRounds(bench, 'nagle4', four('nagle4'), bench.nagleSlices, false),
  read: readRounds,
  start: startRounds,
  find: (bench) =>
    withAll(bench, bench.kinds, (servers) => findRounds(bench, servers), {
      env: { TCP_NODELAY: '1' },
      config: { DicomAlwaysAllowFind: true },
    }),
  archive: (bench) =>
    withAll(bench, bench.kinds, async (servers) => {
      const job = { count: archivedSlices, size: 512, clients: 8 }
      for (const server of servers.values()) await upload(server, 'archive', job)
      await archiveRounds(bench, servers)
    }),
  giantHttp: (bench) => giantRound(bench, 'giantHttp', 'http'),
  giantDicom: (bench) => giantRound(bench, 'giantDicom', 'dicom'),
}
