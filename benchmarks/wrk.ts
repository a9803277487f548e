import { closeSync, openSync, writeFileSync, writevSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../interop/support/processes.ts'

export interface WrkLoad {
  /** Connections, each with one request at a time. */
  readonly clients: number
  readonly seconds: number
}

/** A script for wrk (github.com/wg/wrk) that asks for one path after the other, again and again. */
const scriptOf = (paths: readonly string[]) => `local paths = {${paths.map((path) => `"${path}"`).join(',')}}
local next = 0
request = function()
  next = next % #paths + 1
  return wrk.format("GET", paths[next])
end
`

/** A script that posts what a file holds, each part once: its length in four bytes, then the bytes. */
const uploadScriptOf = (file: string) => `local requests = {}
init = function()
  local file = io.open("${file}", "rb")
  local headers = { ["Host"] = wrk.headers["Host"], ["Content-Type"] = "application/dicom" }
  for head in function() return file:read(4) end do
    local a, b, c, d = head:byte(1, 4)
    local body = file:read(((a * 256 + b) * 256 + c) * 256 + d)
    requests[#requests + 1] = wrk.format("POST", "/instances", headers, body)
  end
end
local next = 0
request = function()
  next = next + 1
  if next > #requests then error("more requests than bodies") end
  return requests[next]
end
`

/** Requests per second that wrk gets answered over `clients` connections. Throws when one is not answered with 200. */
export async function askWithWrk(
  folder: string,
  port: number,
  paths: readonly string[],
  load: WrkLoad,
): Promise<number> {
  return runWrk(folder, port, scriptOf(paths), load)
}

/** The same of POST /instances with bodies of which there must be enough. */
export async function uploadWithWrk(
  folder: string,
  port: number,
  bodies: Iterable<Uint8Array>,
  load: WrkLoad,
): Promise<number> {
  const file = join(folder, 'bodies')
  const fd = openSync(file, 'w')
  for (const body of bodies) {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(body.length)
    writevSync(fd, [length, body])
  }
  closeSync(fd)
  return runWrk(folder, port, uploadScriptOf(file), load)
}

async function runWrk(
  folder: string,
  port: number,
  text: string,
  { clients, seconds }: WrkLoad,
): Promise<number> {
  const script = join(folder, 'script.lua')
  writeFileSync(script, text)
  const args = ['-t1', `-c${clients}`, `-d${seconds}s`, '-s', script, `http://127.0.0.1:${port}`]
  const { code, stdout, stderr } = await run('wrk', args)
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
  if (code !== 0 || !(rate > 0) || /Non-2xx|Socket errors/.test(stdout))
    throw new Error(`wrk: ${stdout}${stderr}`)
  return rate
}
