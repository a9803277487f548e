import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'

/** Full path of a program, or undefined: suites that need it then skip and say so. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** The `skip` option of node:test: false when every program is there. */
export function skipWithout(...programs: readonly string[]): string | false {
  const missing = programs.filter((name) => findProgram(name) === undefined)
  return missing.length > 0 && `not installed: ${missing.join(', ')}`
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  readonly input?: string
}

export interface RunResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end; a code other than 0 is a result, not an error. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { env = {}, timeoutMs = 120_000, input } = options
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      [...args],
      { env: { ...process.env, ...env }, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code === 'string') reject(error)
        else resolve({ code: child.exitCode, stdout, stderr })
      },
    )
    // A program that ends without reading its input breaks the pipe: its result tells more than that.
    child.stdin?.on('error', () => undefined).end(input ?? '')
  })
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })

/** A port of 127.0.0.1 that nobody listens on, outside the range that outgoing connections take theirs from. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 18300 + Math.floor(Math.random() * 12000)
    if (await isFree(port)) return port
  }
}

function processTree(pid: number): readonly number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // The process ended between the listing and the reading.
    }
  }
  const tree = [pid]
  for (const member of tree) {
    for (const [child, parent] of parents) if (parent === member) tree.push(child)
  }
  return tree
}

/** Resident bytes (VmRSS) of a process and its children; 0 once it has ended. Linux only. */
export function residentBytes(pid: number): number {
  let total = 0
  for (const member of processTree(pid)) {
    try {
      const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${member}/status`, 'latin1'))
      total += Number(line?.[1] ?? 0) * 1024
    } catch {
      // Ended meanwhile.
    }
  }
  return total
}

/** Ticks of a second in /proc/<pid>/stat, on all that Node runs on (man 5 proc). */
const ticksPerSecond = 100

/** Processor time that a process took until now, in all its threads, in milliseconds. Linux only. */
export function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
}

/** Watches the resident memory of a process until `stop`, which tells the largest value seen, in bytes. */
export function watchMemory(pid: number, everyMs = 50): { readonly stop: () => number } {
  let peak = residentBytes(pid)
  const timer = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid))
  }, everyMs).unref()
  return {
    stop: () => {
      clearInterval(timer)
      return Math.max(peak, residentBytes(pid))
    },
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
