import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makeFile, type TestFile } from '../dicom.fixture.ts'
import { startServer, type TestServer } from '../server.fixture.ts'

let server: TestServer
let ids: { ID: string; ParentPatient: string; ParentStudy: string; ParentSeries: string }

before(async () => {
  server = await startServer()
  ids = await upload({})
  await upload({ instance: '1.2.3.4' })
  await upload({ patientId: 'P2', patientName: 'Other' })
})
after(() => server[Symbol.asyncDispose]())

async function upload(file: TestFile) {
  const body = makeFile(file)
  return (await (await fetch(`${server.url}/instances`, { method: 'POST', body })).json()) as typeof ids
}

async function get(path: string, init: RequestInit = {}) {
  const answer = await fetch(server.url + path, init)
  const body = await answer.text()
  return { status: answer.status, body, value: body === '' ? undefined : JSON.parse(body) }
}

test('lists, whole or by the page', async () => {
  const { value: all } = await get('/instances')
  assert.equal(all.length, 3)
  assert.equal(all[0], ids.ID)
  assert.deepEqual((await get('/instances?since=1&limit=1')).value, [all[1]])
  assert.deepEqual((await get('/instances?since=1&limit=0')).value, all.slice(1))
  assert.deepEqual((await get('/instances?since=9&limit=9')).value, [])
  assert.equal((await get('/patients')).value.length, 2)
})

test('a page needs both its arguments, as numbers', async () => {
  for (const query of ['since=0', 'limit=1', 'limit=a']) {
    const { status, value } = await get(`/instances?${query}`)
    assert.deepEqual([status, value.OrthancStatus], [400, query === 'limit=a' ? 5 : 8], query)
  }
  for (const query of ['since=x&limit=1', 'since=-1&limit=1', 'since=0&limit=', 'expand=maybe']) {
    const { status, value } = await get(`/instances?${query}`)
    assert.deepEqual([status, value.OrthancStatus], [400, 5], query)
  }
})

test('a patient', async () => {
  const { body } = await get(`/patients/${ids.ParentPatient}`)
  assert.equal(
    body,
    [
      '{',
      `   "ID" : "${ids.ParentPatient}",`,
      '   "IsProtected" : false,',
      '   "IsStable" : false,',
      '   "Labels" : [],',
      '   "LastUpdate" : "20260102T030405",',
      '   "MainDicomTags" : ',
      '   {',
      '      "PatientID" : "P1",',
      '      "PatientName" : "Doe^J\\u00e9r\\u00f4me"',
      '   },',
      '   "Studies" : ',
      '   [',
      `      "${ids.ParentStudy}"`,
      '   ],',
      '   "Type" : "Patient"',
      '}',
    ].join('\n'),
  )
})

test('a study, a series and an instance', async () => {
  const { value: study } = await get(`/studies/${ids.ParentStudy}`)
  assert.deepEqual(study, {
    ID: ids.ParentStudy,
    IsStable: false,
    Labels: [],
    LastUpdate: '20260102T030405',
    MainDicomTags: { StudyDate: '20260102', StudyInstanceUID: '1.2.3.1' },
    ParentPatient: ids.ParentPatient,
    PatientMainDicomTags: { PatientID: 'P1', PatientName: 'Doe^J\u00e9r\u00f4me' },
    Series: [ids.ParentSeries],
    Type: 'Study',
  })
  const { value: series } = await get(`/series/${ids.ParentSeries}`)
  assert.deepEqual(series, {
    ExpectedNumberOfInstances: null,
    ID: ids.ParentSeries,
    Instances: (await get(`/series/${ids.ParentSeries}/instances?expand=false`)).value,
    IsStable: false,
    Labels: [],
    LastUpdate: '20260102T030405',
    MainDicomTags: { Modality: 'OT', SeriesInstanceUID: '1.2.3.2' },
    ParentStudy: ids.ParentStudy,
    Status: 'Unknown',
    Type: 'Series',
  })
  const { value: instance } = await get(`/instances/${ids.ID}`)
  assert.match(instance.FileUuid, /^[0-9a-f-]{36}$/)
  assert.deepEqual(
    { ...instance, FileUuid: '' },
    {
      FileSize: makeFile().length,
      FileUuid: '',
      ID: ids.ID,
      IndexInSeries: 7,
      Labels: [],
      MainDicomTags: { InstanceNumber: '7', SOPInstanceUID: '1.2.3.3' },
      ParentSeries: ids.ParentSeries,
      Type: 'Instance',
    },
  )
})

test('tags in the other formats, also in lists', async () => {
  const full = { '0020,0013': { Name: 'InstanceNumber', Type: 'String', Value: '7' } }
  const { value } = await get(`/instances/${ids.ID}?full`)
  assert.deepEqual(value.MainDicomTags['0020,0013'], full['0020,0013'])
  assert.deepEqual((await get(`/instances/${ids.ID}?short`)).value.MainDicomTags['0020,0013'], '7')
  const { value: list } = await get('/instances?expand&full&since=0&limit=1')
  assert.deepEqual(list, [value])
})

test('relatives', async () => {
  const { value: instance } = await get(`/instances/${ids.ID}`)
  const { value: below } = await get(`/patients/${ids.ParentPatient}/instances`)
  assert.equal(below.length, 2)
  assert.deepEqual(below[0], instance)
  for (const [of, parent] of [
    ['instances', `/patients/${ids.ParentPatient}`],
    ['instances', `/studies/${ids.ParentStudy}`],
    ['instances', `/series/${ids.ParentSeries}`],
    ['series', `/patients/${ids.ParentPatient}`],
    ['series', `/studies/${ids.ParentStudy}`],
    ['studies', `/patients/${ids.ParentPatient}`],
  ] as const) {
    const { value: objects } = await get(`${parent}/${of}`)
    const { value: names } = await get(`${parent}/${of}?expand=false`)
    assert.deepEqual(
      objects.map(({ ID }: { ID: string }) => ID),
      names,
    )
    assert.equal(names.length, of === 'instances' ? 2 : 1)
  }
  for (const child of [
    `/studies/${ids.ParentStudy}`,
    `/series/${ids.ParentSeries}`,
    `/instances/${ids.ID}`,
  ]) {
    assert.deepEqual(
      (await get(`${child}/patient`)).value,
      (await get(`/patients/${ids.ParentPatient}`)).value,
    )
  }
  assert.equal((await get(`/instances/${ids.ID}/study`)).value.ID, ids.ParentStudy)
  assert.equal((await get(`/instances/${ids.ID}/series?short`)).value.MainDicomTags['0008,0060'], 'OT')
})

test('what is unknown: empty where it is named itself, described where something of it is', async () => {
  for (const collection of ['patients', 'studies', 'series', 'instances']) {
    for (const method of ['GET', 'DELETE']) {
      assert.deepEqual(await get(`/${collection}/nope`, { method }), {
        status: 404,
        body: '',
        value: undefined,
      })
    }
    for (const part of [
      'metadata',
      'metadata/Origin',
      'attachments',
      'attachments/dicom',
      'attachments/dicom/data',
    ]) {
      const { status, value } = await get(`/${collection}/nope/${part}`)
      assert.deepEqual([status, value.OrthancStatus], [404, 17], `${collection} ${part}`)
    }
  }
  for (const path of [
    '/patients/nope/studies',
    '/instances/nope/patient',
    '/instances/nope/tags',
    '/instances/nope/simplified-tags',
    '/instances/nope/header',
    '/instances/nope/content',
    '/instances/nope/content/0010-0010',
    '/instances/nope/file',
  ]) {
    assert.equal((await get(path)).value.OrthancStatus, 17, path)
  }
})

test('protection', async () => {
  const path = `/patients/${ids.ParentPatient}/protected`
  const put = (body: string, to = path) => fetch(server.url + to, { method: 'PUT', body })
  assert.equal((await get(path)).body, '0')
  const answer = await put('true')
  assert.deepEqual(
    [answer.status, answer.headers.get('content-type'), await answer.text()],
    [200, 'text/plain', ''],
  )
  assert.equal((await get(path)).body, '1')
  assert.equal((await get(`/patients/${ids.ParentPatient}`)).value.IsProtected, true)
  await put('0')
  assert.equal((await get(path)).body, '0')
  for (const [body, to, code] of [
    ['foo', path, 15],
    ['', path, 15],
    ['1', '/patients/nope/protected', 3],
  ] as const) {
    const refused = await put(body, to)
    assert.deepEqual([refused.status, JSON.parse(await refused.text()).OrthancStatus], [400, code])
  }
  assert.equal((await get('/patients/nope/protected')).value.OrthancStatus, 3)
  assert.equal((await put('1'.repeat(100_000))).status, 413)
})

test('changes, and what is left after a removal', async () => {
  const { value: page } = await get('/changes?limit=4')
  assert.deepEqual(
    page.Changes.map(({ ChangeType }: { ChangeType: string }) => ChangeType),
    ['NewInstance', 'NewSeries', 'NewStudy', 'NewPatient'],
  )
  assert.deepEqual(page.Changes[0], {
    ChangeType: 'NewInstance',
    Date: '20260102T030405',
    ID: ids.ID,
    Path: `/instances/${ids.ID}`,
    ResourceType: 'Instance',
    Seq: 1,
  })
  assert.deepEqual([page.Done, page.First, page.Last], [false, 1, 4])
  assert.deepEqual((await get('/changes?since=9')).value, { Changes: [], Done: true, Last: 9 })
  assert.equal((await get('/changes?last')).value.First, 9)
  assert.equal((await get('/changes?limit=foo&since=bar')).value.Changes.length, 9)
  assert.equal((await get('/changes?type=NewPatient;NewStudy')).value.Changes.length, 4)
  assert.deepEqual((await get('/changes?to=5&limit=2')).value.First, 4)
  assert.equal((await get('/changes?type=Nonsense')).value.OrthancStatus, 3)

  const remove = (path: string) => get(path, { method: 'DELETE' })
  const { value: left } = await remove(`/instances/${ids.ID}`)
  assert.deepEqual(left, {
    RemainingAncestor: { ID: ids.ParentSeries, Path: `/series/${ids.ParentSeries}`, Type: 'Series' },
  })
  assert.deepEqual((await remove(`/series/${ids.ParentSeries}`)).value, { RemainingAncestor: null })
  assert.equal((await get('/statistics')).value.CountPatients, 1)
  const cleared = await fetch(`${server.url}/changes`, { method: 'DELETE' })
  assert.deepEqual([cleared.status, cleared.headers.get('content-type')], [200, 'text/plain'])
  assert.deepEqual((await get('/changes')).value, { Changes: [], Done: true, Last: 9 })
})

test('the system tells who it is', async () => {
  const { value } = await get('/system')
  assert.equal(value.ApiVersion, 30)
  assert.deepEqual(value.MainDicomTags.Patient, '0010,0010;0010,0020;0010,0030;0010,0040;0010,1000')
  const { value: statistics } = await get('/statistics')
  assert.deepEqual(Object.keys(statistics), [
    'CountInstances',
    'CountPatients',
    'CountSeries',
    'CountStudies',
    'TotalDiskSize',
    'TotalDiskSizeMB',
    'TotalUncompressedSize',
    'TotalUncompressedSizeMB',
  ])
  assert.equal(typeof statistics.TotalDiskSize, 'string')
})

test('a study shows the patient as its own first file does', async () => {
  const { ParentStudy } = await upload({
    patientId: 'P2',
    patientName: 'Married',
    study: '7.1',
    instance: '7.3',
  })
  const { value } = await get(`/studies/${ParentStudy}`)
  assert.deepEqual(value.PatientMainDicomTags, { PatientID: 'P2', PatientName: 'Married' })
  assert.deepEqual(Object.keys(value.MainDicomTags), ['StudyDate', 'StudyInstanceUID'])
  assert.equal((await get(`/studies/${ParentStudy}/patient`)).value.MainDicomTags.PatientName, 'Other')
  assert.equal((await get(`/studies/${ParentStudy}`, { method: 'DELETE' })).status, 200)
})
