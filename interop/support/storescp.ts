import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import type { TestContext } from 'node:test'
import { sleep } from './processes.ts'

export interface Storescp {
  /** What it has printed so far. */
  log(): string
  end(): Promise<void>
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

/** Starts storescp of DCMTK, and stops it after the test at the latest; resolves when it listens. */
export async function startStorescp(
  t: TestContext,
  port: number,
  options: readonly string[],
): Promise<Storescp> {
  // Without it DCMTK waits for the delayed acknowledgement of every message.
  const env = { ...process.env, TCP_NODELAY: '1' }
  const child = spawn('storescp', [...options, String(port)], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += String(text)
    })
  }
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const end = async () => {
    child.kill()
    await exited
  }
  t.after(end)
  while (!(await answers(port))) {
    assert.equal(child.exitCode, null, output)
    await sleep(20)
  }
  return { log: () => output, end }
}
