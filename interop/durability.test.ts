import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import {
  Client,
  findDamage,
  instanceIdOf,
  listInstances,
  md5Of,
  storedSizes,
  untilSwept,
} from './support/instances.ts'
import { run, skipWithout, sleep } from './support/processes.ts'
import { noise, seededRandom } from './support/random.ts'
import {
  type RunningServer,
  serverUnderTest,
  skipWithoutServer,
  spawnServer,
  startServer,
  temporaryFolder,
} from './support/servers.ts'
import { type ImageDescription, imageFile, seriesOf } from './support/synthetic.ts'

const seed = Number(process.env.INTEROP_SEED ?? Date.now() % 1_000_000)
const kills = Number(process.env.INTEROP_KILLS ?? 50)
const random = seededRandom(seed)
const pixels = noise(512 * 512 * 2, seed)
const folder = temporaryFolder('durability')
const skip = skipWithoutServer() || skipWithout('storescu')

after(() => folder.remove())

/** Mostly small ones, so that many are on their way at once; now and then a whole slice. */
const sizeOf = (index: number) => (index % 20 === 7 ? 512 : ([2, 16, 64, 128][index % 4] ?? 2))

function imagesOf(name: string, count: number): readonly ImageDescription[] {
  return seriesOf(name, count, 2, 2).map((image, index) => ({
    ...image,
    rows: sizeOf(index),
    columns: sizeOf(index),
  }))
}

/** Several clients post one instance after the other until the server is gone; what it acknowledged is noted. */
async function uploadByHttp(
  server: RunningServer,
  name: string,
  acknowledged: Map<string, string>,
): Promise<void> {
  const images = imagesOf(name, 4000)[Symbol.iterator]()
  const client = new Client(server.httpPort)
  const one = async () => {
    for (let next = images.next(); !next.done; next = images.next()) {
      const file = imageFile(next.value, pixels)
      const answer = await client.send('POST', '/instances', file).catch(() => undefined)
      if (answer === undefined) return
      assert.equal(answer.status, 200, answer.body.toString())
      acknowledged.set(instanceIdOf(next.value), md5Of(file))
    }
  }
  await Promise.all([one(), one(), one(), one()])
  client.close()
}

/** storescu sends a folder until the server is gone; what it reports as stored is in the catalog under that id. */
async function uploadByDicom(server: RunningServer, name: string, acknowledged: Set<string>): Promise<void> {
  const images = imagesOf(`${name} dicom`, 150)
  const source = join(folder.path, 'to-send')
  rmSync(source, { recursive: true, force: true })
  mkdirSync(source)
  for (const image of images)
    writeFileSync(join(source, `${image.instanceNumber}.dcm`), imageFile(image, pixels))
  const args = ['-v', '-aec', 'ORTHANC', '+sd', '127.0.0.1', String(server.dicomPort), source]
  const { stdout, stderr } = await run('storescu', args, { env: { TCP_NODELAY: '1' } })
  for (const [, number] of `${stdout}${stderr}`.matchAll(
    /Sending file: \S*?(\d+)\.dcm(?:(?!Sending file)[\s\S])*?Store Response \(Success\)/g,
  )) {
    const image = images[Number(number) - 1]
    if (image !== undefined) acknowledged.add(instanceIdOf(image))
  }
}

test(`whatever was acknowledged is there after ${kills} kills (seed ${seed})`, {
  skip,
  timeout: 600_000,
}, async (t) => {
  const options = { folder: folder.path }
  const everAcknowledged = new Map<string, string>()
  const everByDicom = new Set<string>()
  const known = new Set<string>()
  let server = await startServer(serverUnderTest, options)
  t.after(() => server.kill())
  for (let round = 0; round < kills; round++) {
    const acknowledged = new Map<string, string>()
    const byDicom = new Set<string>()
    const uploads = [
      uploadByHttp(server, `${seed} ${round}`, acknowledged),
      uploadByDicom(server, `${seed} ${round}`, byDicom),
    ]
    // A slow machine stores more slowly, too.
    await sleep(20 + random() * 2 * server.startMs)
    await server.kill()
    await Promise.all(uploads)
    if (round % 8 === 5) {
      const halfStarted = await spawnServer(serverUnderTest, options)
      await sleep(random() * 400)
      await halfStarted.kill()
    }
    server = await startServer(serverUnderTest, options)
    const listed = await listInstances(server.httpPort)
    const fresh = listed.filter((id) => !known.has(id))
    for (const id of listed) known.add(id)
    const lost = [...byDicom].filter((id) => !known.has(id))
    assert.deepEqual(lost, [], `round ${round}: acknowledged over C-STORE and not listed`)
    assert.deepEqual(await findDamage(server.httpPort, acknowledged, fresh), [], `round ${round}`)
    for (const [id, md5] of acknowledged) everAcknowledged.set(id, md5)
    for (const id of byDicom) everByDicom.add(id)
  }
  const listed = await listInstances(server.httpPort)
  t.diagnostic(
    `${everAcknowledged.size} acknowledged by HTTP, ${everByDicom.size} by C-STORE, ${listed.length} stored`,
  )
  assert.deepEqual(await findDamage(server.httpPort, everAcknowledged, listed), [])
  assert.equal(
    everAcknowledged.size > kills && everByDicom.size > kills,
    true,
    'too little was uploaded to prove anything',
  )
  if (serverUnderTest === 'kingsfoil') {
    const sizes = await untilSwept(server.storage, listed.length)
    assert.equal(sizes.filter((size) => size > 0).length, listed.length, 'files that no instance refers to')
    await server.stop()
    const left = storedSizes(server.storage)
    assert.equal(left.length, listed.length, 'after an orderly stop no reserved place is left')
  } else {
    await server.stop()
  }
})
