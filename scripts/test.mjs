import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildIfStale } from './build.mjs'
import { prepare, root, run } from './toolchain.mjs'

const suites = ['packages/*/src', 'scripts', 'interop', 'examples'].map((folder) => `${folder}/**/*.test.ts`)

/** Line by line where a program reads it; in colour where a person does. */
const reporter = process.stdout.isTTY ? 'spec' : 'tap'

prepare()
await buildIfStale()
process.exitCode = await run([join(root, 'scripts/check.ts')], { cwd: root })
if (process.exitCode === 0) {
  const limit = `--import=${pathToFileURL(join(root, 'scripts/test-limit.mjs'))}`
  const options = ['--test', limit, '--test-concurrency=2', `--test-reporter=${reporter}`]
  process.exitCode = await run([...options, ...process.argv.slice(2), ...suites], { cwd: root })
}
