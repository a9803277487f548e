import assert from 'node:assert/strict'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { getJson, post } from './support/http.ts'
import { forEach } from './support/instances.ts'
import { freePort, skipWithout, sleep } from './support/processes.ts'
import { noise } from './support/random.ts'
import { skipWithoutServer, startServer, temporaryFolder } from './support/servers.ts'
import { startStorescp } from './support/storescp.ts'
import { imageFile, seriesOf } from './support/synthetic.ts'

const folder = temporaryFolder('store-job-restart')
const skip = skipWithoutServer('kingsfoil') || skipWithout('storescp')
const count = 120

after(() => folder.remove())

interface JobAnswer {
  readonly State: string
  readonly Progress: number
  readonly Content: { readonly InstancesCount: number; readonly FailedInstancesCount: number }
}

test('a job that sends goes on after kill -9 and after a modality that was away', { skip }, async (t) => {
  const received = join(folder.path, 'received')
  mkdirSync(received)
  const scpPort = await freePort()
  const scpOptions = ['--bit-preserving', '-od', received]
  const options = {
    folder: join(folder.path, 'server'),
    config: { DicomModalities: { there: ['THERE', '127.0.0.1', scpPort] } },
  }
  let server = await startServer('kingsfoil', options)
  t.after(() => server.kill())
  const pixels = noise(128 * 128 * 2, 5)
  let study = ''
  await forEach(seriesOf('sent', count, 128, 128), 8, async (image) => {
    const answer = await post(server.httpPort, '/instances', imageFile(image, pixels))
    study = (JSON.parse(answer.body.toString()) as { readonly ParentStudy: string }).ParentStudy
  })
  // Nobody is there yet.
  const request = JSON.stringify({ Resources: [study], Asynchronous: true })
  const submitted = await post(server.httpPort, '/modalities/there/store', request)
  assert.equal(submitted.status, 200, submitted.body.toString())
  const { Path } = JSON.parse(submitted.body.toString()) as { readonly Path: string }
  const job = () => getJson<JobAnswer>(server.httpPort, Path)
  const until = async (isSo: (job: JobAnswer) => boolean): Promise<JobAnswer> => {
    for (let tries = 0; ; tries++) {
      const now = await job()
      if (isSo(now)) return now
      assert.ok(tries < 6000 && now.State !== 'Failure', JSON.stringify(now))
      await sleep(10)
    }
  }
  await until(({ State }) => State === 'Retry')
  const scp = await startStorescp(t, scpPort, scpOptions)
  for (const progress of [20, 60]) {
    await until((now) => now.Progress >= progress)
    await server.kill()
    server = await startServer('kingsfoil', options)
  }
  const { Content } = await until(({ State }) => State === 'Success')
  assert.deepEqual([Content.InstancesCount, Content.FailedInstancesCount], [count, 0])
  await scp.end()
  assert.equal(readdirSync(received).length, count)
})
