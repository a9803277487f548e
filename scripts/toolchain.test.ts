import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

interface Ended {
  readonly code: number | null
  readonly output: string
}

/** Runs `args` by way of `run`, as `npm start` does; calls back with each piece of output. */
function runThroughToolchain(
  args: readonly string[],
  onOutput: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Ended> {
  const toolchain = JSON.stringify(join(import.meta.dirname, 'toolchain.mjs'))
  const script = `import(${toolchain}).then(async ({ run }) => {
    process.exitCode = await run(${JSON.stringify(args)}, { cwd: process.cwd() })
  })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve) => {
    let output = ''
    child.stdout.setEncoding('utf8')
    child.stdout.on('data', (text: string) => {
      output += text
      onOutput(text, (signal) => child.kill(signal))
    })
    child.on('close', (code) => resolve({ code, output }))
  })
}

test('the exit code of the program is that of the starter', async () => {
  assert.equal((await runThroughToolchain(['-e', 'process.exit(7)'])).code, 7)
})

test('a program that dies of a signal gives 128 and its number', async () => {
  assert.equal((await runThroughToolchain(['-e', 'process.kill(process.pid, "SIGKILL")'])).code, 137)
})

test('signals go on to the program', async () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const program = `process.on('${signal}', () => process.exit(9)); setInterval(() => {}, 1e6); console.log('ready')`
    const { code } = await runThroughToolchain(['-e', program], (_, kill) => kill(signal))
    assert.equal(code, 9, signal)
  }
})

test('a server that is told to stop twice at once stops in order, once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kingsfoil-start-'))
  const program = join(import.meta.dirname, '../packages/server/src/main/kingsfoil.ts')
  const overrides = {
    KINGSFOIL__STORAGE_DIRECTORY: folder,
    KINGSFOIL__HTTP_PORT: '0',
    KINGSFOIL__DICOM_PORT: '0',
    KINGSFOIL__HTTP_BIND_ADDRESSES: '["127.0.0.1"]',
    KINGSFOIL__DICOM_BIND_ADDRESS: '127.0.0.1',
  }
  const server = spawn(process.execPath, [program], {
    env: { ...process.env, ...overrides },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  server.stderr.setEncoding('utf8')
  server.stderr.on('data', (text: string) => {
    const wasReady = log.includes('is ready')
    log += text
    if (wasReady || !log.includes('is ready')) return
    server.kill('SIGINT')
    server.kill('SIGINT')
  })
  const code = await new Promise((resolve) => server.on('close', resolve))
  rmSync(folder, { recursive: true })
  assert.equal(code, 0)
  assert.equal(log.split('Stopping').length, 2, log)
  assert.match(log, /Stopped/)
})
