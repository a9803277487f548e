import { execFile, spawn, spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import type { TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'

/** Why tests with DCMTK are skipped, or false if it is there. */
export const skipDcmtk = ['echoscu', 'storescu', 'storescp'].every(isInstalled)
  ? false
  : 'DCMTK (echoscu, storescu, storescp) is not installed'

// Without it DCMTK waits for the delayed acknowledgement of every message.
const env = { ...process.env, TCP_NODELAY: '1' }

/** Runs a tool of DCMTK to its end. */
export function runDcmtk(tool: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(tool, args, { env }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0
      resolve({ code, output: stdout + stderr })
    })
  })
}

/** Starts storescp in `directory` on `port`, and stops it after the test; resolves when it listens. */
export function startStorescp(
  t: TestContext,
  directory: string,
  port: number,
  args: readonly string[] = [],
): Promise<void> {
  return startPeer(t, port, 'storescp', [...args, '-od', directory, String(port)])
}

/** Starts a server that listens on `port`, and stops it after the test; resolves when it listens. */
export async function startPeer(
  t: TestContext,
  port: number,
  program: string,
  args: readonly string[],
): Promise<void> {
  const child = spawn(program, args, { env, stdio: 'ignore' })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  t.after(async () => {
    child.kill()
    await exited
  })
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with code ${child.exitCode}`)
    await setTimeout(20)
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

export function isInstalled(tool: string): boolean {
  return spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined
}
