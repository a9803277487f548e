import { get as httpGet } from 'node:http'
import { getJson } from '../interop/support/http.ts'
import type { RunningServer, ServerKind } from '../interop/support/servers.ts'
import type { Measurements } from './figures.ts'

export const archivedSlices = 100

interface Download {
  /** Milliseconds from the request to the first and to the last byte of the body. */
  readonly first: number
  readonly last: number
  readonly bytes: number
}

function download(port: number, path: string): Promise<Download> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const request = httpGet({ host: '127.0.0.1', port, path, agent: false }, (incoming) => {
      let [first, bytes] = [0, 0]
      incoming.on('data', (chunk: Buffer) => {
        first ||= performance.now() - started
        bytes += chunk.length
      })
      incoming.once('error', reject)
      incoming.once('end', () => {
        if (incoming.statusCode !== 200) reject(new Error(`GET ${path}: ${incoming.statusCode}`))
        else resolve({ first, last: performance.now() - started, bytes })
      })
    })
    request.once('error', reject)
  })
}

/** Downloads the archive of the first study of each server, one server after the other, the first time unmeasured. */
export async function archiveRounds(
  { measurements, rounds }: { readonly measurements: Measurements; readonly rounds: number },
  servers: ReadonlyMap<ServerKind, RunningServer>,
): Promise<void> {
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? [...servers] : [...servers].reverse()
    for (const [kind, { httpPort }] of order) {
      const [study] = await getJson<readonly string[]>(httpPort, '/studies')
      const { first, last, bytes } = await download(httpPort, `/studies/${study}/archive`)
      if (round < 0) continue
      measurements.add('archive', kind, last)
      measurements.add('archiveFirst', kind, first)
      measurements.add('archiveSize', kind, bytes / 1e6)
    }
  }
}
