import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Client, forEach, instanceIdOf } from './support/instances.ts'
import { watchMemory } from './support/processes.ts'
import { type RunningServer, skipWithoutServer, startServer, temporaryFolder } from './support/servers.ts'
import { element, fileMeta, type ImageDescription, seriesOf, sopClasses } from './support/synthetic.ts'

const instances = Number(process.env.INTEROP_INSTANCES ?? 6000)
const folder = temporaryFolder('many-tags')

after(() => folder.remove())

const remark = 'Nothing to remark. '.repeat(12).slice(0, 220)
const remarks = Array.from({ length: 150 }, (_, index) => element(0x0009, 0x1000 + index, 'LT', remark))

/** An instance with long tags, of which most say nothing. */
const wordyFile = (image: ImageDescription): Buffer =>
  Buffer.concat([
    fileMeta({ sopClassUid: sopClasses.secondaryCapture, sopInstanceUid: image.sopInstanceUid }),
    element(0x0008, 0x0016, 'UI', sopClasses.secondaryCapture),
    element(0x0008, 0x0018, 'UI', image.sopInstanceUid),
    element(0x0009, 0x0010, 'LO', 'REMARKS'),
    ...remarks,
    element(0x0010, 0x0020, 'LO', image.patientId),
    element(0x0020, 0x000d, 'UI', image.studyInstanceUid),
    element(0x0020, 0x000e, 'UI', image.seriesInstanceUid),
    element(0x0020, 0x0013, 'IS', String(image.instanceNumber)),
  ])

async function upload({ httpPort }: RunningServer, images: readonly ImageDescription[]): Promise<void> {
  const client = new Client(httpPort)
  await forEach(images, 8, async (image) => {
    const { status } = await client.send('POST', '/instances', wordyFile(image))
    assert.equal(status, 200)
  })
  client.close()
}

/** Of an answer that is not kept: its length, how often it has a text, and its last characters. */
async function readAnswer(url: string, accept: string, wanted: string) {
  const answer = await fetch(url, { headers: { accept } })
  assert.equal(answer.status, 200)
  let bytes = 0
  let count = 0
  let end = ''
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length
    // Together with what may be the first part of it.
    const text = end + Buffer.from(chunk).toString('latin1')
    count += text.split(wanted).length - 1
    end = text.slice(-(wanted.length - 1))
  }
  return { bytes, count, end }
}

async function parentOf(url: string, name: 'ParentSeries' | 'ParentStudy'): Promise<string> {
  const resource = (await (await fetch(url)).json()) as { readonly [Name in typeof name]: string }
  return resource[name]
}

test(`tags of ${instances} instances take memory that does not depend on their number`, {
  skip: skipWithoutServer('kingsfoil'),
  timeout: 600_000,
}, async (t) => {
  const server = await startServer('kingsfoil', { folder: folder.path })
  t.after(() => server.kill())
  const images = seriesOf('wordy', instances, 1, 1)
  await upload(server, images)
  const url = `http://127.0.0.1:${server.httpPort}`
  const [first] = images
  assert.ok(first !== undefined)
  const series = await parentOf(`${url}/instances/${instanceIdOf(first)}`, 'ParentSeries')
  const study = await parentOf(`${url}/series/${series}`, 'ParentStudy')
  for (const [path, accept, name, end] of [
    [`/series/${series}`, 'application/json', '"Name" : "InstanceNumber"', '\n}'],
    [`/studies/${study}`, 'application/xml', '<Name>InstanceNumber</Name>', '</root>\n'],
  ] as const) {
    const before = server.residentBytes()
    const memory = watchMemory(server.pid)
    const answer = await readAnswer(`${url}${path}/instances-tags`, accept, name)
    const grown = memory.stop() - before
    t.diagnostic(
      `${accept}: ${(answer.bytes / 1e6).toFixed(0)} MB, resident memory ${(before / 1e6).toFixed(0)} MB and at most ${(grown / 1e6).toFixed(0)} MB more`,
    )
    assert.equal(answer.count, instances)
    assert.ok(answer.end.endsWith(end))
    assert.ok(answer.bytes > instances * 40_000, 'too little to prove anything')
    assert.ok(grown < 200e6, `${grown} bytes more`)
  }
})
