import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { entry, nodeArguments } from '../scripts/build.mjs'
import { Client, forEach, instanceIdOf, md5Of, storedSizes, untilSwept } from './support/instances.ts'
import { run, sleep } from './support/processes.ts'
import { noise, seededRandom } from './support/random.ts'
import { type RunningServer, skipWithoutServer, startServer, temporaryFolder } from './support/servers.ts'
import { imageFile, seriesOf } from './support/synthetic.ts'

const seed = Number(process.env.INTEROP_SEED ?? Date.now() % 1_000_000)
const kills = Number(process.env.INTEROP_KILLS ?? 20)
const random = seededRandom(seed)
const bytes = noise(1 << 20, seed)
const folder = temporaryFolder('attachment-durability')
const options = { folder: folder.path, config: { UserContentType: { report: 1030, scan: 1031 } } }

after(() => folder.remove())

/** MD5 of an attachment; undefined when there is none. */
type Content = string | undefined

/** A place for an attachment. Only one request about it is on its way at a time. */
interface Place {
  readonly path: string
  acknowledged: Content
  /** What is there instead, perhaps, when a request was not answered. */
  wanted: Content
}

const images = seriesOf(`attachments ${seed}`, 4, 16, 16)

const places: readonly Place[] = images.flatMap((image) =>
  ['report', 'scan'].map((name) => ({
    path: `/instances/${instanceIdOf(image)}/attachments/${name}`,
    acknowledged: undefined,
    wanted: undefined,
  })),
)

const counts = { put: 0, replaced: 0, removed: 0, converted: 0 }

interface Step {
  readonly count: keyof typeof counts
  readonly method: string
  readonly path: string
  readonly body: Uint8Array | undefined
  readonly wanted: Content
}

/** Mostly new content, small or large; now and then an end, or another form of the same content. */
function nextStep({ path, acknowledged }: Place): Step {
  const chance = acknowledged === undefined ? 1 : random()
  if (chance < 0.1) return { count: 'removed', method: 'DELETE', path, body: undefined, wanted: undefined }
  if (chance < 0.25) {
    const form = random() < 0.5 ? 'compress' : 'uncompress'
    const body = new Uint8Array()
    return { count: 'converted', method: 'POST', path: `${path}/${form}`, body, wanted: acknowledged }
  }
  const size = 1 + Math.floor(random() * (random() < 0.1 ? 900_000 : 9000))
  const start = Math.floor(random() * 100_000)
  const body = bytes.subarray(start, start + size)
  const count = acknowledged === undefined ? 'put' : 'replaced'
  return { count, method: 'PUT', path, body, wanted: md5Of(body) }
}

/** One request after the other until the server is gone. */
async function work(client: Client, place: Place): Promise<void> {
  for (;;) {
    const { count, method, path, body, wanted } = nextStep(place)
    place.wanted = wanted
    const answer = await client.send(method, path, body).catch(() => undefined)
    if (answer === undefined) return
    assert.equal(answer.status, 200, `${method} ${path}: ${answer.body.toString()}`)
    place.acknowledged = wanted
    counts[count]++
  }
}

/** What is there by its bytes, which have to be whole. */
async function read(client: Client, { path }: Place): Promise<Content> {
  const told = await client.send('GET', `${path}/md5`)
  if (told.status === 404) return undefined
  const { status, body } = await client.send('GET', `${path}/data`)
  assert.equal(status, 200, `${path} has no bytes`)
  assert.equal(md5Of(body), told.body.toString(), `${path} has other bytes`)
  assert.equal((await client.send('POST', `${path}/verify-md5`, '')).status, 200, `${path} fails its digest`)
  return told.body.toString()
}

async function checkPlaces({ httpPort }: RunningServer, round: number): Promise<void> {
  const client = new Client(httpPort)
  await forEach(places, 4, async (place) => {
    const found = await read(client, place)
    const expected = [place.acknowledged, place.wanted]
    assert.ok(expected.includes(found), `round ${round}: ${place.path} is ${found}, not one of ${expected}`)
    place.acknowledged = found
    place.wanted = found
  })
  client.close()
}

async function uploadImages({ httpPort }: RunningServer): Promise<void> {
  const client = new Client(httpPort)
  for (const image of images) {
    const { status } = await client.send('POST', '/instances', imageFile(image, bytes))
    assert.equal(status, 200)
  }
  client.close()
}

test(`acknowledged attachments are there after ${kills} kills (seed ${seed})`, {
  skip: skipWithoutServer('kingsfoil'),
  timeout: 600_000,
}, async (t) => {
  let server = await startServer('kingsfoil', options)
  t.after(() => server.kill())
  await uploadImages(server)
  for (let round = 0; round < kills; round++) {
    const client = new Client(server.httpPort)
    const working = places.map((place) => work(client, place))
    // A slow machine stores more slowly, too.
    await sleep(20 + random() * 1.5 * server.startMs)
    await server.kill()
    await Promise.all(working)
    client.close()
    server = await startServer('kingsfoil', options)
    await checkPlaces(server, round)
  }
  t.diagnostic(JSON.stringify(counts))
  for (const [name, count] of Object.entries(counts)) assert.ok(count > 0, `nothing was ${name}`)
  assert.ok(counts.put + counts.replaced > kills, 'too little was attached to prove anything')
  const files = images.length + places.filter(({ acknowledged }) => acknowledged !== undefined).length
  const isUsed = (size: number): boolean => size > 0
  assert.equal((await untilSwept(server.storage, files)).filter(isUsed).length, files, 'files without a row')
  await server.stop()
  assert.equal(storedSizes(server.storage).length, files, 'after an orderly stop no reserved place is left')
  const config = join(folder.path, 'kingsfoil.json')
  const checked = await run(process.execPath, [...nodeArguments, entry, 'check', '--verify', config])
  assert.equal(checked.code, 0, checked.stdout + checked.stderr)
})
