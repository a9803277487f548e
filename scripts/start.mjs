import { join } from 'node:path'
import { prepare, root, run } from './toolchain.mjs'

prepare()
process.exitCode = await run(
  [join(root, 'packages/server/src/main/kingsfoil.ts'), ...process.argv.slice(2)],
  {
    cwd: process.cwd(),
  },
)
