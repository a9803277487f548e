import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { createLog, loadConfig, type RunningServer, start } from 'kingsfoil'

const run = promisify(execFile)
const example = (name: string): string => join(import.meta.dirname, name)
const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).error === undefined

let folder = ''
let server: RunningServer
/** Slices of the demonstration study. */
const slice = (number: number): string => join(folder, 'demo', 'series-1', `slice-0${number}.dcm`)

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kingsfoil-examples-'))
  const program = join(import.meta.dirname, '../packages/server/src/main/kingsfoil.ts')
  await run(process.execPath, [program, 'demo', '--output', join(folder, 'demo')])
  const { config } = await loadConfig({
    paths: [],
    environment: {},
    directory: folder,
    overrides: { HttpPort: 0, DicomPort: 0, HttpBindAddresses: ['127.0.0.1'], DicomBindAddress: '127.0.0.1' },
  })
  server = await start(config, createLog('silent'))
})

after(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const count = async (): Promise<number> => {
  const answer = await fetch(`http://127.0.0.1:${server.httpPort}/statistics`)
  return ((await answer.json()) as { CountInstances: number }).CountInstances
}

test('send-file.ts', async () => {
  const before = await count()
  const { stdout } = await run(process.execPath, [
    example('send-file.ts'),
    slice(1),
    '127.0.0.1',
    String(server.dicomPort),
  ])
  assert.equal(stdout, 'status 0x0000\n')
  assert.equal(await count(), before + 1)
})

test('list-studies.py', { skip: !isInstalled('python3') && 'python3 is not installed' }, async () => {
  const { stdout } = await run('python3', [example('list-studies.py'), `http://127.0.0.1:${server.httpPort}`])
  assert.match(stdout, /^KINGSFOIL-DEMO Synthetic head\n +CT Head 5\.0 soft \d+ instances\n$/)
})

test('archive-study.py', { skip: !isInstalled('python3') && 'python3 is not installed' }, async () => {
  const file = join(folder, 'study.zip')
  const { stdout } = await run('python3', [
    example('archive-study.py'),
    file,
    `http://127.0.0.1:${server.httpPort}`,
  ])
  assert.match(stdout, /(^|\n)\d+ instances\n$/)
  const { stdout: tested } = await run('python3', ['-m', 'zipfile', '-t', file])
  assert.match(tested, /^Done testing\n$/)
})

const missing = ['echoscu', 'storescu', 'curl'].filter((program) => !isInstalled(program))

test('send-and-list.sh', {
  skip: missing.length > 0 && `not installed: ${missing.join(', ')}`,
}, async () => {
  await mkdir(join(folder, 'some'))
  for (const number of [2, 3]) await copyFile(slice(number), join(folder, 'some', `${number}.dcm`))
  const before = await count()
  const ports = [String(server.dicomPort), String(server.httpPort)]
  const { stdout } = await run(example('send-and-list.sh'), [join(folder, 'some'), slice(4), ...ports])
  assert.match(stdout, /"Status" : "Success"/)
  assert.equal(await count(), before + 3)
})

test('dump-header.ts', async () => {
  const { stdout } = await run(process.execPath, [example('dump-header.ts'), slice(1)])
  assert.match(stdout, /\(0010,0010\) PN Patient's Name: Phantom\^Head\n/)
})

test('embed.ts', async () => {
  const { stdout } = await run(process.execPath, [example('embed.ts'), join(folder, 'embedded')])
  assert.match(stdout, /CountInstances: 0/)
})
