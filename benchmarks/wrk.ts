import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../interop/support/processes.ts'

/** A script for wrk (github.com/wg/wrk) that asks for one path after the other, again and again. */
const scriptOf = (paths: readonly string[]) => `local paths = {${paths.map((path) => `"${path}"`).join(',')}}
local next = 0
request = function()
  next = next % #paths + 1
  return wrk.format("GET", paths[next])
end
`

/** Requests per second that wrk gets answered over `clients` connections. Throws when one is not answered with 200. */
export async function askWithWrk(
  folder: string,
  port: number,
  paths: readonly string[],
  { clients, seconds }: { readonly clients: number; readonly seconds: number },
): Promise<number> {
  const script = join(folder, 'paths.lua')
  writeFileSync(script, scriptOf(paths))
  const args = ['-t1', `-c${clients}`, `-d${seconds}s`, '-s', script, `http://127.0.0.1:${port}`]
  const { code, stdout, stderr } = await run('wrk', args)
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
  if (code !== 0 || !(rate > 0) || /Non-2xx|Socket errors/.test(stdout))
    throw new Error(`wrk: ${stdout}${stderr}`)
  return rate
}
