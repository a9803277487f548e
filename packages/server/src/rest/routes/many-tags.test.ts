import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makeFile, type TestFile } from '../dicom.fixture.ts'
import { formatJson } from '../json.ts'
import { startServer, type TestServer } from '../server.fixture.ts'
import { formatXml } from '../xml.ts'

let server: TestServer
const sizes: number[] = []

interface Uploaded {
  readonly ID: string
  readonly ParentSeries: string
  readonly ParentStudy: string
  readonly ParentPatient: string
}

let uploads: readonly Uploaded[]

async function upload(file: TestFile): Promise<Uploaded> {
  const body = makeFile(file)
  sizes.push(body.length)
  const answer = await fetch(`${server.url}/instances`, { method: 'POST', body })
  return (await answer.json()) as Uploaded
}

const get = async (path: string) => {
  const answer = await fetch(server.url + path)
  return { status: answer.status, text: await answer.text() }
}

const value = async (path: string) => JSON.parse((await get(path)).text)

const slice = (place: number, more: TestFile['more'] = []): NonNullable<TestFile['more']> => [
  [0x00200032, 'DS', `0\\0\\${place}`],
  [0x00200037, 'DS', '1\\0\\0\\0\\1\\0'],
  ...more,
]

before(async () => {
  server = await startServer()
  const made: Uploaded[] = []
  for (const place of [3, -1, 2])
    made.push(await upload({ instance: `1.1.${place + 2}`, more: slice(place) }))
  uploads = made
})
after(() => server[Symbol.asyncDispose]())

test('tags of all instances, as each of them has them', async () => {
  for (const format of ['', '?simplify', '?short']) {
    const expected: Record<string, unknown> = {}
    for (const { ID } of uploads) expected[ID] = await value(`/instances/${ID}/tags${format}`)
    for (const path of parents()) {
      const { text } = await get(`${path}/instances-tags${format}`)
      assert.deepEqual(JSON.parse(text), expected)
      assert.equal(text, formatJson(JSON.parse(text)))
      const xml = await fetch(`${server.url}${path}/instances-tags${format}`, {
        headers: { accept: 'application/xml' },
      })
      assert.equal(xml.headers.get('content-type'), 'application/xml; charset=utf-8')
      assert.equal(await xml.text(), formatXml(JSON.parse(text)))
    }
  }
  assert.deepEqual(await server.temporaryFiles(), [])
  assert.equal((await get('/series/nope/instances-tags')).status, 404)
})

const parents = (): readonly string[] => {
  const [first] = uploads
  return [
    `/patients/${first?.ParentPatient}`,
    `/studies/${first?.ParentStudy}`,
    `/series/${first?.ParentSeries}`,
  ]
}

test('tags that all instances share', async () => {
  for (const path of parents()) {
    const full = await value(`${path}/shared-tags`)
    assert.equal(full['0010,0010'].Value, 'Doe^J\u00e9r\u00f4me')
    for (const tag of ['0008,0018', '0020,0032', '0008,1140']) assert.equal(full[tag], undefined, tag)
    assert.equal((await value(`${path}/shared-tags?simplify`)).PatientID, 'P1')
    assert.equal((await value(`${path}/shared-tags?short`))['0010,0020'], 'P1')
  }
  assert.equal((await get('/studies/nope/shared-tags')).status, 404)
})

test('modules', async () => {
  const [patient, study, series] = parents()
  assert.deepEqual(await value(`${patient}/module?simplify`), {
    PatientID: 'P1',
    PatientName: 'Doe^J\u00e9r\u00f4me',
  })
  assert.deepEqual(await value(`${study}/module-patient`), await value(`${patient}/module`))
  assert.deepEqual(await value(`${study}/module?short`), { '0008,0020': '20260102', '0020,000d': '1.2.3.1' })
  assert.deepEqual(await value(`${series}/module?short`), { '0008,0060': 'OT', '0020,000e': '1.2.3.2' })
  const [first] = uploads
  assert.equal((await value(`/instances/${first?.ID}/module?simplify`)).InstanceNumber, '7')
  assert.equal((await get('/patients/nope/module')).status, 404)
})

test('statistics of one resource', async () => {
  const [patient, study, series] = parents()
  const total = sizes.slice(0, 3).reduce((sum, size) => sum + size, 0)
  await fetch(`${server.url}${study}/attachments/1024`, { method: 'PUT', body: 'x'.repeat(1000) })
  const all = await value(`${patient}/statistics`)
  assert.deepEqual(all, {
    CountStudies: 1,
    CountSeries: 1,
    CountInstances: 3,
    DiskSize: String(total + 1000),
    DiskSizeMB: 0,
    UncompressedSize: String(total + 1000),
    UncompressedSizeMB: 0,
    DicomDiskSize: String(total),
    DicomDiskSizeMB: 0,
    DicomUncompressedSize: String(total),
    DicomUncompressedSizeMB: 0,
  })
  assert.equal((await value(`${series}/statistics`)).DiskSize, String(total))
  const one = await value(`/instances/${uploads[0]?.ID}/statistics`)
  assert.equal(one.DiskSize, String(sizes[0]))
  assert.equal(one.CountInstances, undefined)
  assert.equal((await get('/series/nope/statistics')).status, 404)
})

test('slices in their order in space', async () => {
  const { Type, SlicesShort, Dicom, Slices } = await value(`${parents()[2]}/ordered-slices`)
  const order = [1, 2, 0].map((index) => uploads[index]?.ID)
  assert.equal(Type, 'Volume')
  assert.deepEqual(
    SlicesShort,
    order.map((id) => [id, 0, 1]),
  )
  assert.equal(Dicom[0], `/instances/${order[0]}/file`)
  assert.equal(Slices[2], `/instances/${order[2]}/frames/0`)
})

test('slices of one index, and more frames than anybody has', async () => {
  const same = { patientId: 'P2', study: '2.1', series: '2.2' }
  const { ParentSeries } = await upload({ ...same, instance: '2.3' })
  await upload({ ...same, instance: '2.4' })
  assert.equal((await value(`/series/${ParentSeries}/ordered-slices`)).Type, 'Sequence')
  const many = await upload({
    patientId: 'P3',
    study: '3.1',
    series: '3.2',
    instance: '3.3',
    more: [[0x00280008, 'IS', '1000001']],
  })
  const answer = await get(`/series/${many.ParentSeries}/ordered-slices`)
  assert.deepEqual([answer.status, JSON.parse(answer.text).OrthancStatus], [500, 2040])
})
