/**
 * Runs on whatever Node the machine has (20 or newer) and without any package: it brings the packages, among
 * them the Node that everything else runs on.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const binaries = join(root, 'node_modules', '.bin')
const onWindows = process.platform === 'win32'
export const node = join(binaries, onWindows ? 'node.cmd' : 'node')

/** `npm start` puts node_modules/.bin into PATH, whose `node` must not be the one that replaces itself. */
function environmentWithoutBinaries() {
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !entry.endsWith(join('node_modules', '.bin')))
  return { ...process.env, PATH: path.join(delimiter) }
}

export function environment() {
  const clean = environmentWithoutBinaries()
  return { ...clean, PATH: `${binaries}${delimiter}${clean.PATH}` }
}

/** npm's own output goes to stderr: stdout belongs to the program that is started afterwards. */
function npm(...args) {
  const { status, error } = spawnSync('npm', args, {
    cwd: root,
    env: environmentWithoutBinaries(),
    stdio: ['ignore', 2, 2],
    shell: onWindows,
  })
  if (error) throw error
  return status === 0
}

function packagesAreFresh() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  return statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
}

function nodeWorks() {
  return (
    spawnSync(node, ['--version'], { encoding: 'utf8', shell: onWindows }).stdout?.startsWith('v24.') === true
  )
}

/** Installs what is missing or out of date. */
export function prepare() {
  if (!packagesAreFresh() && !npm('ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error')) {
    throw new Error('npm ci failed')
  }
  if (nodeWorks()) return
  // npm can be set up not to run install scripts; the package `node` fetches its binary in one.
  npm('rebuild', 'node', '--ignore-scripts=false', '--foreground-scripts')
  if (!nodeWorks()) throw new Error(`${node} does not run: the package "node" could not fetch its binary`)
}

/** Runs the project's Node with our streams; signals go on to it. Resolves to its exit code. */
export function run(args, { cwd, environment: defaults = {} }) {
  const env = { ...defaults, ...environment() }
  const child = spawn(node, args, { cwd, env, stdio: 'inherit', shell: onWindows })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}
