import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkCycles } from './check/cycles.ts'
import { checkDocuments } from './check/documents.ts'
import { checkWords, type TextFile } from './check/forbidden-words.ts'
import { checkImports } from './check/import-rules.ts'
import { checkLockfile, type Lockfile } from './check/lockfile.ts'
import type { Problem } from './check/problem.ts'
import { readSources } from './check/read-sources.ts'
import { sizeExceptions } from './check/size-exceptions.ts'
import { checkSizes, formatSizes } from './check/sizes.ts'
import { documents } from './reference/documents.ts'

const root = join(import.meta.dirname, '..')

const binary = (name: string): string => join(root, 'node_modules', '.bin', name)

const readText = (path: string): string | undefined =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined

/** Whether a command succeeds; what it has to say it prints itself. */
function succeeds(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0
}

function report(name: string, problems: readonly Problem[]): boolean {
  for (const { place, message } of problems) console.log(`${place}: ${message}`)
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}`)
  return problems.length === 0
}

function reportCommand(name: string, ok: boolean): boolean {
  return report(name, ok ? [] : [{ place: name, message: 'see above' }])
}

/** Text files that are, or are about to be, under version control. */
function listTexts(): readonly TextFile[] {
  const list = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (list.status !== 0) throw new Error(`git cannot list the files: ${list.stderr}`)
  const paths = list.stdout
    .split('\0')
    .filter((path) => /\.(ts|mjs|js|json|md|sh|py|yml)$|^\.ci\//.test(path))
  return paths.flatMap((path) => {
    const text = readText(path)
    return text === undefined ? [] : [{ path, text }]
  })
}

const sources = readSources(root)

const checks: readonly (() => boolean)[] = [
  () => reportCommand('types', succeeds(binary('tsc'), '--noEmit')),
  () => reportCommand('lint', succeeds(binary('biome'), 'check', '--error-on-warnings', '.')),
  () => report('imports', checkImports(sources)),
  () => report('cycles', checkCycles(sources)),
  () => report('sizes', checkSizes(sources, sizeExceptions)),
  () => reportCommand('generated files', succeeds(process.execPath, 'scripts/generate.ts', '--check')),
  () => report('documents', checkDocuments(documents, readText)),
  () => report('words', checkWords(listTexts())),
  () =>
    report(
      'lockfile',
      checkLockfile(JSON.parse(readText('package-lock.json') ?? '{"packages":{}}') as Lockfile),
    ),
]

const failures = checks.filter((check) => !check()).length
console.log(formatSizes(sources))
process.exitCode = failures === 0 ? 0 : 1
