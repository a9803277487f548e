import { buildIfStale, entry, runtime } from './build.mjs'
import { prepare, run } from './toolchain.mjs'

prepare()
await buildIfStale()
process.exitCode = await run([...runtime.options, entry, ...process.argv.slice(2)], {
  cwd: process.cwd(),
  environment: runtime.environment,
})
