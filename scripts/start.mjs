import { buildIfStale, entry, environment, nodeArguments } from './build.mjs'
import { prepare, run } from './toolchain.mjs'

prepare()
await buildIfStale()
process.exitCode = await run([...nodeArguments, entry, ...process.argv.slice(2)], {
  cwd: process.cwd(),
  environment,
})
