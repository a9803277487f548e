import { spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entry, environment, nodeArguments } from '../../scripts/build.mjs'
import { get } from './http.ts'
import { findProgram, freePort, residentBytes, sleep } from './processes.ts'

export type ServerKind = 'kingsfoil' | 'orthanc'

/** Root of the repository. */
export const repository = join(import.meta.dirname, '../..')

/** Where the sample files lie, beside the repository; absent on most machines. */
export const sharedFolder = join(repository, '../shared')

/** The server that the suites talk to: Kingsfoil, or with INTEROP_SERVER=orthanc the installed Orthanc. */
export const serverUnderTest: ServerKind = process.env.INTEROP_SERVER === 'orthanc' ? 'orthanc' : 'kingsfoil'

const commands: Readonly<Record<ServerKind, (configFile: string) => readonly string[]>> = {
  kingsfoil: (configFile) => [process.execPath, ...nodeArguments, entry, 'serve', configFile],
  orthanc: (configFile) => ['Orthanc', configFile],
}

/** The `skip` option of node:test: false when that server can be started here. */
export function skipWithoutServer(kind: ServerKind = serverUnderTest): string | false {
  if (kind === 'orthanc') return findProgram('Orthanc') === undefined && 'not installed: Orthanc'
  return !existsSync(entry) && 'not built: npm run build'
}

export interface ServerOptions {
  /** Keeps configuration, log and storage. Made when absent; the caller removes it. */
  readonly folder: string
  /** Where the files and the catalog go instead of `<folder>/storage`. */
  readonly storage?: string
  readonly config?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
  /** Answer of GET /system awaited for at most so long. */
  readonly startTimeoutMs?: number
}

interface Ended {
  readonly code: number | null
  readonly signal: string | null
}

export interface SpawnedServer {
  readonly kind: ServerKind
  readonly httpPort: number
  readonly dicomPort: number
  readonly storage: string
  readonly pid: number
  /** Resolves once the process has ended. */
  readonly ended: Promise<Ended>
  /** Everything that it and its predecessors in the folder printed. */
  log(): string
  residentBytes(): number
  isAlive(): boolean
  /** SIGTERM; SIGKILL after 30 s. */
  stop(): Promise<Ended>
  kill(): Promise<Ended>
}

export interface RunningServer extends SpawnedServer {
  /** From the start of the process to the first answer of GET /system. */
  readonly startMs: number
}

const acceptsConnections = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

/** Starts a server on free ports of 127.0.0.1 without waiting for anything. */
export async function spawnServer(kind: ServerKind, options: ServerOptions): Promise<SpawnedServer> {
  const { folder, env = {} } = options
  const storage = options.storage ?? join(folder, 'storage')
  mkdirSync(storage, { recursive: true })
  const [httpPort, dicomPort] = [await freePort(), await freePort()]
  const configFile = join(folder, `${kind}.json`)
  const config = {
    Name: kind,
    StorageDirectory: storage,
    IndexDirectory: storage,
    HttpPort: httpPort,
    DicomPort: dicomPort,
    SyncStorageArea: true,
    ...options.config,
  }
  writeFileSync(configFile, JSON.stringify(config, undefined, 2))
  const logFile = join(folder, `${kind}.log`)
  const output = openSync(logFile, 'a')
  const [command = '', ...args] = commands[kind](configFile)
  const stdio = ['ignore', output, output] as const
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...environment, ...process.env, ...env },
    stdio: [...stdio],
  })
  closeSync(output)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const signal = async (name: 'SIGTERM' | 'SIGKILL') => {
    child.kill(name)
    const hardEnd = setTimeout(() => child.kill('SIGKILL'), 30_000)
    const result = await ended
    clearTimeout(hardEnd)
    return result
  }
  const pid = child.pid ?? -1
  return {
    kind,
    httpPort,
    dicomPort,
    storage,
    pid,
    ended,
    log: () => readFileSync(logFile, 'utf8'),
    residentBytes: () => residentBytes(pid),
    isAlive: () => child.exitCode === null && child.signalCode === null,
    stop: () => signal('SIGTERM'),
    kill: () => signal('SIGKILL'),
  }
}

/** Starts a server and waits until it answers on both ports. */
export async function startServer(kind: ServerKind, options: ServerOptions): Promise<RunningServer> {
  const started = performance.now()
  const timeoutMs = options.startTimeoutMs ?? 30_000
  const server = await spawnServer(kind, options)
  const isOver = () => performance.now() - started > timeoutMs || !server.isAlive()
  let startMs: number | undefined
  while (startMs === undefined && !isOver()) {
    const answer = await get(server.httpPort, '/system', { timeoutMs: 2000 }).catch(() => undefined)
    if (answer?.status === 200) startMs = performance.now() - started
    else await sleep(5)
  }
  const hasDicom = options.config?.DicomServerEnabled !== false
  while (hasDicom && !isOver() && !(await acceptsConnections(server.dicomPort))) await sleep(5)
  if (startMs !== undefined && !isOver()) return { ...server, startMs }
  await server.kill()
  throw new Error(`the server did not answer\n${server.log().slice(-4000)}`)
}

/** A folder for one suite below the system's folder for temporary files (or INTEROP_TEMP). */
export function temporaryFolder(name: string): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(process.env.INTEROP_TEMP ?? tmpdir(), `kingsfoil-${name}-`))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
