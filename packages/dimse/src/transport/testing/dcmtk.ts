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
export async function startStorescp(
  t: TestContext,
  directory: string,
  port: number,
  args: readonly string[] = [],
) {
  const child = spawn('storescp', [...args, '-od', directory, String(port)], { env, stdio: 'ignore' })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  t.after(async () => {
    child.kill()
    await exited
  })
  while (!(await answers(port))) await setTimeout(20)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

function isInstalled(tool: string): boolean {
  return spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined
}
