import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { limits } from '../../model/limits.ts'
import { makeFile, type TestFile } from '../dicom.fixture.ts'
import { startServer, type TestServer } from '../server.fixture.ts'

let server: TestServer
/** Ids of the answers to the uploads, by SOP Instance UID. */
const uploads = new Map<string, Record<string, string>>()

const files: readonly TestFile[] = [
  {
    patientId: 'A1',
    patientName: 'Doe^John',
    study: '1.1',
    series: '1.1.1',
    instance: '1.1.1.1',
    modality: 'CT',
  },
  {
    patientId: 'A1',
    patientName: 'Doe^John',
    study: '1.1',
    series: '1.1.2',
    instance: '1.1.2.1',
    modality: 'SR',
  },
  {
    patientId: 'A2',
    patientName: 'Doe^J\xe9r\xf4me^^',
    study: '1.2',
    series: '1.2.1',
    instance: '1.2.1.1',
    modality: 'MR',
    studyDate: '20250601',
    accessionNumber: 'ACC2',
    studyDescription: 'IRM C\xc9R\xc9BRALE',
    more: [[0x00280010, 'US', Buffer.from([2, 0])]],
  },
  {
    patientId: 'B1',
    patientName: 'Smith^Ann',
    study: '1.3',
    series: '1.3.1',
    instance: '1.3.1.1',
    modality: 'CT',
    studyDate: '20240101',
    studyDescription: 'Thorax nativ',
  },
]

before(async () => {
  server = await startServer()
  for (const file of files) {
    server.clock.now += 1000
    const answer = await fetch(`${server.url}/instances`, { method: 'POST', body: makeFile(file) })
    uploads.set(file.instance ?? '', (await answer.json()) as Record<string, string>)
  }
})

after(() => server[Symbol.asyncDispose]())

const post = async (path: string, body: unknown) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await fetch(server.url + path, { method: 'POST', body: text })
  const reply = await answer.text()
  return { status: answer.status, value: reply === '' ? undefined : JSON.parse(reply) }
}

const get = async (path: string) => JSON.parse(await (await fetch(server.url + path)).text())

const find = async (body: object) => {
  const { status, value } = await post('/tools/find', body)
  assert.equal(status, 200, JSON.stringify(value))
  return value
}

const study = (uid: string) => uploads.get(uid)?.ParentStudy ?? ''
const [one, two, three] = ['1.1.1.1', '1.2.1.1', '1.3.1.1']

test('studies are found by every kind of matching', async () => {
  const all = [study(one), study(two), study(three)]
  const expected: readonly (readonly [object, readonly (string | undefined)[]])[] = [
    [{}, all],
    [{ PatientID: '' }, all],
    [{ PatientID: 'a1' }, [all[0]]],
    [{ PatientID: 'A1\\b1' }, [all[0], all[2]]],
    [{ PatientName: 'doe*' }, [all[0], all[1]]],
    [{ PatientName: '*mith*' }, [all[2]]],
    [{ PatientName: 'd?e^john' }, [all[0]]],
    [{ PatientName: 'DOE^JÉRÔME' }, [all[1]]],
    [{ PatientName: 'DOE^JEROME' }, []],
    [{ StudyDescription: 'irm cér*' }, [all[1]]],
    [{ StudyDescription: 'irm cer*' }, []],
    [{ StudyDescription: '*' }, [all[1], all[2]]],
    [{ StudyDate: '20250101-' }, [all[0], all[1]]],
    [{ StudyDate: '-20250601' }, [all[1], all[2]]],
    [{ StudyDate: '20240101-20241231' }, [all[2]]],
    [{ '0008,0050': 'acc2' }, [all[1]]],
    [{ StudyInstanceUID: '1.1\\1.3\\9' }, [all[0], all[2]]],
    [{ ModalitiesInStudy: 'SR' }, [all[0]]],
    [{ ModalitiesInStudy: 'CT\\MR' }, all],
    [{ Modality: 'CT' }, []],
    [{ InstanceNumber: '7' }, []],
    [{ NumberOfStudyRelatedSeries: '2' }, [all[0]]],
    [{ NumberOfPatientRelatedInstances: '1', PatientName: 'doe*' }, [all[1]]],
    [{ Rows: '2' }, [all[1]]],
    [{ PatientName: 'doe*', StudyDate: '20250601' }, [all[1]]],
  ]
  for (const [Query, ids] of expected) {
    assert.deepEqual(await find({ Level: 'Study', Query }), ids, JSON.stringify(Query))
  }
  assert.deepEqual(
    await find({ Level: 'studies', Query: { PatientName: 'Doe*' }, CaseSensitive: true }),
    all.slice(0, 2),
  )
  assert.deepEqual(await find({ Level: 'study', Query: { PatientName: 'doe*' }, CaseSensitive: true }), [])
})

test('other levels take the tags of those above', async () => {
  const series = (uid: string) => uploads.get(uid)?.ParentSeries
  assert.deepEqual(await find({ Level: 'Series', Query: { Modality: 'CT', StudyDate: '2024-' } }), [
    series(one),
    series(three),
  ])
  assert.deepEqual(await find({ Level: 'Series', Query: { ModalitiesInStudy: 'SR', PatientID: 'A1' } }), [
    series(one),
    series('1.1.2.1'),
  ])
  const instance = uploads.get(two)?.ID
  assert.deepEqual(await find({ Level: 'Instance', Query: { SOPInstanceUID: two } }), [instance])
  assert.deepEqual(
    await find({ Level: 'Instance', Query: { StudyInstanceUID: '1.2', InstanceNumber: '7' } }),
    [instance],
  )
  assert.deepEqual(await find({ Level: 'Instance', Query: {}, ParentStudy: study(two) }), [instance])
  assert.deepEqual(await find({ Level: 'Instance', Query: {}, ParentStudy: 'nope' }), [])
  assert.deepEqual(await find({ Level: 'Instance', Query: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7' } }), [
    ...uploads.values().map(({ ID }) => ID),
  ])
  assert.deepEqual(await find({ Level: 'Patient', Query: { PatientName: '*^A*' } }), [
    uploads.get(three)?.ParentPatient,
  ])
})

test('order, pages and limits', async () => {
  const by = (Type: string, Key: string, Direction: string) => ({ Type, Key, Direction })
  const ordered = (...OrderBy: readonly object[]) => find({ Level: 'Study', Query: {}, OrderBy })
  const all = [study(one), study(two), study(three)]
  assert.deepEqual(await ordered(by('DicomTag', 'StudyDate', 'ASC')), [all[2], all[1], all[0]])
  assert.deepEqual(await ordered(by('DicomTag', 'PatientName', 'DESC')), [all[2], all[0], all[1]])
  assert.deepEqual(await ordered(by('Metadata', 'LastUpdate', 'DESC')), [all[2], all[1], all[0]])
  for (const direction of ['ASC', 'DESC']) {
    const found = await ordered(
      by('DicomTag', 'AccessionNumber', direction),
      by('DicomTag', 'StudyDate', 'DESC'),
    )
    assert.deepEqual(found, [all[1], all[0], all[2]])
  }
  assert.deepEqual(await find({ Level: 'Study', Query: {}, Limit: 2 }), all.slice(0, 2))
  assert.deepEqual(await find({ Level: 'Study', Query: {}, Since: 1, Limit: 1 }), [all[1]])
  assert.deepEqual(await find({ Level: 'Study', Query: {}, Since: 2 }), [all[2]])
  assert.equal((await post('/tools/find', { Level: 'Study', Query: { Rows: '2' }, Since: 1 })).status, 400)
})

test('labels and metadata', async () => {
  const put = (path: string) => fetch(server.url + path, { method: 'PUT' })
  assert.equal((await put(`/studies/${study(one)}/labels/red`)).status, 200)
  assert.equal((await put(`/studies/${study(one)}/labels/blue`)).status, 200)
  assert.equal((await put(`/studies/${study(two)}/labels/red`)).status, 200)
  assert.equal((await put(`/studies/${study(two)}/labels/no%20label`)).status, 400)
  assert.equal((await put('/studies/nope/labels/red')).status, 404)
  assert.deepEqual(await get(`/studies/${study(one)}/labels`), ['blue', 'red'])
  assert.deepEqual((await get(`/studies/${study(one)}`)).Labels, ['blue', 'red'])
  assert.deepEqual(await get('/tools/labels'), ['blue', 'red'])
  const labelled = (Labels: readonly string[], LabelsConstraint?: string) =>
    find({ Level: 'Study', Query: {}, Labels, LabelsConstraint })
  assert.deepEqual(await labelled(['red', 'blue']), [study(one)])
  assert.deepEqual(await labelled(['red', 'blue'], 'Any'), [study(one), study(two)])
  assert.deepEqual(await labelled(['blue'], 'None'), [study(two), study(three)])
  assert.deepEqual(await labelled([], 'None'), [study(three)])
  assert.equal((await fetch(`${server.url}/studies/${study(two)}/labels/blue`)).status, 404)
  const removed = await fetch(`${server.url}/studies/${study(one)}/labels/blue`, { method: 'DELETE' })
  assert.equal(removed.status, 200)
  assert.deepEqual(await get('/tools/labels'), ['red'])
  const byMetadata = (MetadataQuery: object) => find({ Level: 'Instance', Query: {}, MetadataQuery })
  assert.equal((await byMetadata({ IndexInSeries: '7' })).length, 4)
  assert.equal((await byMetadata({ SopClassUid: '1.2.*', TransferSyntax: '9' })).length, 0)
})

test('answers have the form asked for', async () => {
  const query = { Level: 'Study', Query: { PatientID: 'A1' } }
  const [expanded] = await find({ ...query, Expand: true })
  assert.equal(expanded.PatientMainDicomTags.PatientName, 'Doe^John')
  assert.equal(expanded.Series.length, 2)
  const [short] = await find({ ...query, Expand: true, Short: true })
  assert.equal(short.MainDicomTags['0008,0020'], '20260102')
  const [some] = await find({ ...query, ResponseContent: ['Children', 'Status'] })
  assert.deepEqual(Object.keys(some), ['ID', 'Series', 'Type'])
  const RequestedTags = [
    'PatientName',
    'ModalitiesInStudy',
    'NumberOfStudyRelatedInstances',
    'InstanceAvailability',
    'Rows',
    '0008,0005',
    'SOPClassesInStudy',
  ]
  const [requested] = await find({ ...query, RequestedTags })
  assert.deepEqual(requested.RequestedTags, {
    InstanceAvailability: 'ONLINE',
    ModalitiesInStudy: 'CT\\SR',
    NumberOfStudyRelatedInstances: '2',
    PatientName: 'Doe^John',
    Rows: null,
    SOPClassesInStudy: '1.2.840.10008.5.1.4.1.1.7',
    SpecificCharacterSet: 'ISO_IR 100',
  })
  const tags = 'requested-tags=ModalitiesInStudy;PatientID'
  const single = await get(`/studies/${study(one)}?${tags}`)
  assert.deepEqual(single.RequestedTags, { ModalitiesInStudy: 'CT\\SR', PatientID: 'A1' })
  const [listed] = await get(`/studies?response-content=Labels&${tags}`)
  assert.deepEqual(Object.keys(listed), ['ID', 'Labels', 'RequestedTags', 'Type'])
  const [below] = await get(`/patients/${uploads.get(one)?.ParentPatient}/series?requested-tags=StudyDate`)
  assert.deepEqual(below.RequestedTags, { StudyDate: '20260102' })
  assert.equal((await fetch(`${server.url}/studies?response-content=Nonsense`)).status, 400)
})

test('counting and looking up', async () => {
  const count = (body: object) => post('/tools/count-resources', body)
  assert.deepEqual((await count({ Level: 'Series', Query: {} })).value, { Count: 4 })
  assert.deepEqual((await count({ Level: 'Series', Query: { Modality: 'CT' } })).value, { Count: 2 })
  for (const more of [{ Limit: 1 }, { Since: 1 }, { Expand: true }, { CaseSensitive: true }]) {
    assert.equal((await count({ Level: 'Series', Query: {}, ...more })).value.OrthancStatus, 8)
  }
  assert.equal((await count({ Level: 'Series', Query: { Rows: '2' } })).value.OrthancStatus, 8)
  const { value } = await post('/tools/lookup', '1.2.1.1')
  const { ID } = uploads.get(two) ?? {}
  assert.deepEqual(
    value,
    [
      {
        ID: uploads.get(two)?.ParentSeries,
        Path: `/series/${uploads.get(two)?.ParentSeries}`,
        Type: 'Series',
      },
      { ID, Path: `/instances/${ID}`, Type: 'Instance' },
    ].slice(1),
  )
  assert.equal((await post('/tools/lookup', ' a1 ')).value[0].Type, 'Patient')
  assert.deepEqual((await post('/tools/lookup', '*')).value, [])
})

test('what no search should be is refused with a reason', async () => {
  const refused = async (body: unknown, status: number, code: number) => {
    const { status: found, value } = await post('/tools/find', body)
    assert.deepEqual([found, value.OrthancStatus], [status, code], JSON.stringify(body).slice(0, 100))
  }
  const Level = 'Study'
  await refused('', 400, 8)
  await refused('[]', 400, 8)
  await refused('{', 400, 8)
  await refused({ Level }, 400, 8)
  await refused({ Query: {} }, 400, 8)
  await refused({ Level: 'Nonsense', Query: {} }, 400, 3)
  await refused({ Level, Query: { Nonsense: '' } }, 400, 27)
  await refused(`{"Level":"Study","Query":{"__proto__":"x"}}`, 400, 27)
  await refused(`{"Level":"Study","Query":{"constructor":"x"}}`, 400, 27)
  await refused(`{"__proto__":{"Level":"Study"},"Query":{}}`, 400, 8)
  await refused({ Level, Query: { PatientID: 1 } }, 400, 8)
  await refused({ Level, Query: { StudyDate: '*' } }, 400, 3)
  await refused({ Level, Query: {}, Limit: -1 }, 400, 3)
  await refused({ Level, Query: {}, Limit: 1.5 }, 400, 8)
  await refused({ Level, Query: {}, OrderBy: [{ Type: 'x', Key: 'y', Direction: 'ASC' }] }, 400, 8)
  await refused({ Level, Query: {}, MetadataQuery: { nonsense: '1' } }, 400, 3)
  await refused({ Level, Query: { PatientName: '*a'.repeat(limits.wildcardCharacters) } }, 400, 8)
  const list = (count: number) => Array.from({ length: count }, (_, index) => `1.9.${index}`).join('\\')
  await refused({ Level, Query: { StudyInstanceUID: list(limits.queryValues + 1) } }, 400, 8)
  await refused({ Level, Query: { PatientID: 'a*\\'.repeat(limits.queryWildcards + 1) } }, 400, 8)
  const terms = Array.from({ length: limits.queryTerms + 1 }, (_, index) => [`0009,${1000 + index}`, 'x'])
  await refused({ Level, Query: Object.fromEntries(terms) }, 400, 8)
  const requested = Array.from({ length: limits.queryTerms + 1 }, () => 'PatientID')
  await refused({ Level, Query: {}, RequestedTags: requested }, 400, 8)
  assert.equal(
    (await fetch(`${server.url}/studies?expand&requested-tags=${requested.join(';')}`)).status,
    400,
  )
  assert.equal((await post('/tools/find', ' '.repeat(limits.jsonBodyBytes + 1))).status, 413)
  assert.deepEqual(
    await find({ Level, Query: { StudyInstanceUID: `${list(limits.queryValues - 1)}\\1.1` } }),
    [study(one)],
  )
  assert.deepEqual(await find({ Level, Query: { PatientName: 'x'.repeat(1_000_000) } }), [])
  assert.deepEqual(await find({ Level, Query: { PatientName: `${'*a'.repeat(500)}*b` } }), [])
})

test('many at once', async () => {
  const Resources = [uploads.get(one)?.ID, 'nope', study(two)]
  const { value } = await post('/tools/bulk-content', { Resources })
  assert.deepEqual(
    value.map(({ Type }: { Type: string }) => Type),
    ['Instance', 'Study'],
  )
  assert.equal(value[0].Metadata.IndexInSeries, '7')
  const { value: patients } = await post('/tools/bulk-content', {
    Resources,
    Level: 'Patient',
    Metadata: false,
  })
  assert.equal(patients.length, 2)
  assert.ok(!('Metadata' in patients[0]))
  const { value: below } = await post('/tools/bulk-content', {
    Resources: [uploads.get(one)?.ParentPatient, study(one)],
    Level: 'Instance',
  })
  assert.equal(below.length, 2)
  assert.equal((await post('/tools/bulk-content', {})).status, 400)
  assert.equal((await post('/tools/bulk-delete', { Resources: [1] })).status, 400)
  const removed = await post('/tools/bulk-delete', {
    Resources: ['nope', study(two), { Level: 'Study', ID: study(three) }],
  })
  assert.deepEqual([removed.status, removed.value], [200, undefined])
  assert.deepEqual(await find({ Level: 'Study', Query: {} }), [study(one)])
  assert.deepEqual(await find({ Level: 'Study', Query: { PatientName: '*mith*' } }), [])
  assert.deepEqual(await find({ Level: 'Study', Query: {}, Labels: ['red'] }), [study(one)])
})

test('main tags can be read again', async () => {
  const path = `/studies/${study(one)}`
  const before = await get(path)
  for (const route of [`${path}/reconstruct`, '/tools/reconstruct']) {
    assert.deepEqual(await post(route, ''), { status: 200, value: undefined })
    assert.deepEqual(await post(route, { ReconstructFiles: true }), { status: 200, value: undefined })
  }
  assert.deepEqual(await get(path), before)
  assert.equal((await post('/studies/nope/reconstruct', '')).value.OrthancStatus, 17)
  assert.equal((await post(`${path}/reconstruct`, { LimitToThisLevelMainDicomTags: 1 })).status, 400)
})
