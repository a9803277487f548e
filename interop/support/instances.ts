import { createHash } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { getJson, type HttpAnswer, request } from './http.ts'
import { sleep } from './processes.ts'
import type { ImageDescription } from './synthetic.ts'

export const md5Of = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')

/** Id of an instance as Orthanc-compatible clients compute it. */
export function instanceIdOf(image: ImageDescription): string {
  const { patientId, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = image
  const hex = createHash('sha1')
    .update([patientId, studyInstanceUid, seriesInstanceUid, sopInstanceUid].join('|'))
    .digest('hex')
  return (hex.match(/.{8}/g) ?? []).join('-')
}

/** Runs `use` for every item, `width` at a time. */
export async function forEach<T>(
  items: Iterable<T>,
  width: number,
  use: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  const worker = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await use(next.value)
  }
  await Promise.all(Array.from({ length: width }, worker))
}

/** Requests over a few kept connections; `close` when done. */
export class Client {
  readonly #port: number
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 })

  constructor(port: number) {
    this.#port = port
  }

  send(method: string, path: string, body?: string | Uint8Array): Promise<HttpAnswer> {
    return request(this.#port, method, path, { agent: this.#agent, ...(body === undefined ? {} : { body }) })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** What is wrong with the given instances, in words: absent, other bytes, or bytes that fail their checksum. */
export async function findDamage(
  port: number,
  acknowledged: ReadonlyMap<string, string>,
  listed: Iterable<string>,
): Promise<readonly string[]> {
  const client = new Client(port)
  const damage: string[] = []
  await forEach(acknowledged, 8, async ([id, md5]) => {
    const answer = await client.send('GET', `/instances/${id}/file`)
    if (answer.status !== 200) damage.push(`${id} was acknowledged and answers ${answer.status}`)
    else if (md5Of(answer.body) !== md5) damage.push(`${id} was acknowledged and has other bytes`)
  })
  await forEach(listed, 8, async (id) => {
    if (!acknowledged.has(id)) {
      const file = await client.send('GET', `/instances/${id}/file`)
      if (file.status !== 200 || file.body.length === 0)
        damage.push(`${id} is listed and its file answers ${file.status}`)
    }
    const answer = await client.send('POST', `/instances/${id}/attachments/dicom/verify-md5`, '')
    if (answer.status !== 200) damage.push(`${id} is listed and verify-md5 answers ${answer.status}`)
  })
  client.close()
  return damage
}

export const listInstances = (port: number): Promise<readonly string[]> => getJson(port, '/instances')

/** Sizes of the files below `<storage>/aa/bb/`; an empty one is a place reserved for an instance to come. */
export function storedSizes(storage: string): readonly number[] {
  return readdirSync(storage, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^[0-9a-f]{2}\/[0-9a-f]{2}\/[^/]+$/.test(name))
    .map((name) => statSync(join(storage, name), { throwIfNoEntry: false })?.size ?? 0)
}

/** Waits until the sweep after a start is through: as many files with bytes in them as `files`. */
export async function untilSwept(storage: string, files: number): Promise<readonly number[]> {
  for (let tries = 0; tries < 100; tries++) {
    const sizes = storedSizes(storage)
    if (sizes.filter((size) => size > 0).length === files) return sizes
    await sleep(50)
  }
  return storedSizes(storage)
}
