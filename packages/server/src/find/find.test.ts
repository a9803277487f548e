import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { buildDataSet, standardDictionary } from '@kingsfoil/dicom'
import fc from 'fast-check'
import { Catalog } from '../catalog/catalog.ts'
import type { Level } from '../model/level.ts'
import { mainTags } from '../model/main-tags.ts'
import { resourceIds } from '../model/resource-id.ts'
import type { FindBudget } from './budget.ts'
import { createConstraint } from './create-constraint.ts'
import { Find, type FindDependencies } from './find.ts'
import { compileConstraint } from './matching/compile.ts'
import { TagPlaces } from './query-tag.ts'
import type { OrderTerm, Search } from './search.ts'

const dictionary = standardDictionary
const tagOf = (keyword: string): number => dictionary.parseTag(keyword) ?? assert.fail(keyword)

interface Stored {
  readonly id: string
  readonly values: Readonly<Record<string, string>>
}

let folder: string
let catalog: Catalog
let filesRead = 0
/** In order of arrival. */
const stored: Record<'Study' | 'Series', Stored[]> = { Study: [], Series: [] }

const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] ?? assert.fail()

async function store(index: number): Promise<void> {
  const values: Record<string, string> = {
    PatientID: `P${index % 23}`,
    PatientName: pick(['Doe^John', 'DOE^JANE', 'Müller^Jörg', 'Smith^Ann', 'O Neill^Bo'], index % 23),
    StudyInstanceUID: `1.${index}`,
    StudyDate: pick(['20260101', '20260215', '20251231', '20200229'], index * 7),
    StudyDescription: pick(['CT Thorax', 'MR Knee', 'Café au lait', 'PET/CT'], index * 3),
    SeriesInstanceUID: `2.${index}`,
    Modality: pick(['CT', 'MR', 'PT'], index),
  }
  if (index % 5 === 0) delete values.StudyDescription
  const ids = resourceIds({
    patientId: values.PatientID ?? '',
    studyInstanceUid: values.StudyInstanceUID ?? '',
    seriesInstanceUid: values.SeriesInstanceUID ?? '',
    sopInstanceUid: `3.${index}`,
  })
  const tagsOf = (level: Level) =>
    Object.fromEntries(
      mainTags[level].flatMap((tag) => {
        const value = values[dictionary.lookup(dictionary.parseTag(tag) ?? 0)?.keyword ?? '']
        return value === undefined ? [] : [[tag, value]]
      }),
    )
  await catalog.storeInstance({
    ids,
    tags: {
      Patient: tagsOf('Patient'),
      Study: tagsOf('Study'),
      Series: tagsOf('Series'),
      Instance: { '0008,0018': `3.${index}` },
    },
    metadata: { Patient: {}, Study: {}, Series: {}, Instance: {} },
    file: { blobKey: randomUUID(), size: 1, md5: '0'.repeat(32) },
    date: `20260101T0000${String(index % 60).padStart(2, '0')}`,
    overwrite: false,
  })
  stored.Study.push({ id: ids.study, values })
  stored.Series.push({ id: ids.series, values })
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kingsfoil-find-'))
  catalog = await Catalog.open(folder)
  for (let index = 0; index < 120; index++) await store(index)
})

after(async () => {
  await catalog.close()
  await rm(folder, { recursive: true })
})

function createFind(budget?: Partial<FindBudget>, more?: Partial<FindDependencies>): Find {
  return new Find({
    search: catalog.search,
    places: new TagPlaces(mainTags),
    text: { dictionary, defaultCharacterSet: 'ISO_IR 100' },
    readHeader: async () => {
      filesRead++
      return buildDataSet({ explicitVr: true, littleEndian: true }, [[0x00181000, 'LO', 'X7']])
    },
    fileAccess: 'Always',
    limits: { results: 0, instances: 0 },
    budget: { candidates: 3000, members: 10_000, rows: 1000, files: 1000, ...budget },
    ...more,
  })
}

const search = (
  level: Level,
  query: Readonly<Record<string, string>>,
  more: Partial<Search> = {},
): Search => ({
  level,
  constraints: Object.entries(query).map(([keyword, text]) =>
    createConstraint(tagOf(keyword), text, { dictionary, wildcards: 'strict', foldingOf: () => 'case' }),
  ),
  ancestors: [],
  labels: undefined,
  metadata: [],
  order: [],
  since: 0,
  limit: 0,
  ...more,
})

async function idsOf(find: Find, query: Search): Promise<readonly string[]> {
  const ids: string[] = []
  for await (const { id } of find.find(query)) ids.push(id)
  return ids
}

/** By looking at everything. */
function expected({ constraints }: Search, level: 'Study' | 'Series'): readonly string[] {
  return stored[level]
    .filter(({ values }) =>
      constraints.every((constraint) => {
        const keyword = dictionary.lookup(constraint.tag)?.keyword ?? ''
        return compileConstraint(constraint)(values[keyword])
      }),
    )
    .map(({ id }) => id)
}

const keys = {
  PatientID: ['P1', 'p2\\P3', 'P*', '?1', '*'],
  PatientName: ['doe*', 'DOE^JANE', '*ö*', 'muller*', 'MÜLLER^*', '*ill*', 'smith^ann\\doe^john'],
  StudyDate: ['20260101', '2026-', '20251231-20260101', '-20201231'],
  StudyDescription: ['*CT*', 'caf*', 'CAFÉ AU LAIT', '*', 'pet/ct'],
  StudyInstanceUID: ['1.5', '1.1\\1.2\\1.99\\9'],
  Modality: ['CT', 'CT\\PT', 'm?'],
} as const

test('however a search is carried out, it finds what looking at everything finds', async () => {
  const query = fc.record(
    Object.fromEntries(Object.entries(keys).map(([key, texts]) => [key, fc.constantFrom(...texts)])),
    { requiredKeys: [] },
  )
  const level = fc.constantFrom('Study', 'Series')
  const budget = fc.record({
    candidates: fc.constantFrom(0, 2, 10, 3000),
    members: fc.constantFrom(0, 20, 3000),
  })
  await fc.assert(
    fc.asyncProperty(query, level, budget, fc.nat(9), async (chosen, at, most, limit) => {
      const asked = { ...chosen } as Record<string, string>
      if (at === 'Study') delete asked.Modality
      const find = createFind(most)
      const wanted = expected(search(at, asked), at)
      const found = await idsOf(find, search(at, asked, { limit }))
      if (limit === 0) assert.deepEqual([...found].sort(), [...wanted].sort())
      else {
        assert.equal(found.length, Math.min(limit, wanted.length))
        assert.ok(found.every((id) => wanted.includes(id)))
        assert.equal(new Set(found).size, found.length)
        if (most.candidates === 0) assert.deepEqual(found, wanted.slice(0, limit))
      }
      const pages: string[] = []
      for await (const page of find.findIds(search(at, asked, { limit }))) pages.push(...page)
      assert.deepEqual(pages, found)
      if (limit === 0) assert.equal(await find.count(search(at, asked)), wanted.length)
    }),
    { numRuns: 300 },
  )
})

test('a walk that looks at members alone finds the same in the same order', async () => {
  const byDate = {
    by: { kind: 'tag', tag: tagOf('StudyDate') },
    as: 'text',
    direction: 'descending',
  } as const
  const queries = [
    { PatientName: 'DOE*' },
    { StudyDate: '2026-' },
    { PatientName: '*ö*', StudyDescription: '*CT*' },
    { PatientID: 'P2*', Modality: 'CT' },
  ]
  for (const query of queries) {
    for (const order of [[], [byDate]]) {
      for (const slice of [
        { since: 0, limit: 5 },
        { since: 3, limit: 50 },
      ]) {
        const asked = search('Series', query, { order, ...slice })
        const all = await idsOf(createFind({ candidates: 0, members: 0 }), asked)
        assert.ok(all.length > 2, JSON.stringify(query))
        assert.deepEqual(await idsOf(createFind({ candidates: 0, members: 120 }), asked), all)
      }
    }
  }
})

test('the values that are asked for come along, few or many', async () => {
  const names = ['PatientName', 'PatientID', 'StudyDate', 'StudyDescription', 'StudyInstanceUID', 'Modality']
  const valuesOf = async (keywords: readonly string[]) => {
    const found = []
    const query = search('Series', { PatientName: 'doe*' })
    for await (const { id, tags } of createFind().find(query, keywords.map(tagOf))) found.push({ id, tags })
    return found
  }
  const many = await valuesOf(names)
  assert.ok(many.length > 20)
  for (const { id, tags } of many) {
    const { values } = stored.Series.find((each) => each.id === id) ?? assert.fail()
    assert.deepEqual(
      [...tags.values()],
      names.map((name) => values[name]),
    )
  }
  for (const name of names) {
    const tag = tagOf(name)
    assert.deepEqual(
      (await valuesOf([name])).map(({ tags }) => tags.get(tag)),
      many.map(({ tags }) => tags.get(tag)),
    )
  }
})

test('order is the same whether an index has it or not, and pages join', async () => {
  const byDate: OrderTerm = {
    by: { kind: 'tag', tag: tagOf('StudyDate') },
    as: 'text',
    direction: 'descending',
  }
  const byName: OrderTerm = {
    by: { kind: 'tag', tag: tagOf('PatientName') },
    as: 'text',
    direction: 'ascending',
  }
  const byText: OrderTerm = {
    by: { kind: 'tag', tag: tagOf('StudyDescription') },
    as: 'text',
    direction: 'ascending',
  }
  for (const order of [[byDate], [byDate, byName], [byName, byDate], [byText], [byText, byDate]]) {
    const query = { PatientID: 'P*' }
    const sorted = await idsOf(createFind(), search('Study', query, { order }))
    assert.equal(sorted.length, stored.Study.length)
    const walking = createFind({ candidates: 0 })
    const pages: string[] = []
    for (let since = 0; since < sorted.length; since += 17) {
      pages.push(...(await idsOf(walking, search('Study', query, { order, since, limit: 17 }))))
    }
    const datesOf = (ids: readonly string[]) =>
      ids.map((id) => {
        const values = stored.Study.find((each) => each.id === id)?.values
        return order.map(({ by }) =>
          by.kind === 'tag' ? values?.[dictionary.lookup(by.tag)?.keyword ?? ''] : '',
        )
      })
    assert.deepEqual(datesOf(pages), datesOf(sorted))
    assert.equal(new Set(pages).size, sorted.length)
  }
})

test('what only files tell is read from them where that is allowed, and not without end', async () => {
  const query = search('Study', { DeviceSerialNumber: 'x7', StudyDate: '2026-' })
  const all = expected(search('Study', { StudyDate: '2026-' }), 'Study')
  assert.equal((await idsOf(createFind(), query)).length, all.length)
  for (const fileAccess of ['Answers', 'Never'] as const) {
    filesRead = 0
    assert.deepEqual(await idsOf(createFind({}, { fileAccess }), query), [])
    assert.equal(filesRead, 0)
  }
  const answersOf = async (fileAccess: FindDependencies['fileAccess']) => {
    const wanted = tagOf('DeviceSerialNumber')
    const values = await createFind({}, { fileAccess }).readTags('Study', all[0] ?? '', [wanted])
    return values?.get(wanted)
  }
  assert.deepEqual([await answersOf('Answers'), await answersOf('Never')], ['X7', undefined])
  await assert.rejects(idsOf(createFind({ files: 3 }), query), { code: 'BadRequest' })
  await assert.rejects(idsOf(createFind({}), { ...query, since: 1 }), { code: 'BadRequest' })
  await assert.rejects(createFind().count(query), { code: 'BadRequest' })
})

test('a search that would look at everything gives up, and says so', async () => {
  const query = search('Study', { StudyTime: '101500' })
  assert.deepEqual(await idsOf(createFind({ rows: 120 }), query), [])
  await assert.rejects(idsOf(createFind({ rows: 119 }), query), { code: 'BadRequest' })
  const few = search('Study', { StudyTime: '101500', StudyDate: '2020-' }, { limit: 5 })
  assert.deepEqual(await idsOf(createFind({ candidates: 0, rows: 120 }), few), [])
  await assert.rejects(idsOf(createFind({ candidates: 0, rows: 119 }), few), { code: 'BadRequest' })
  const counted = search('Series', { Modality: 'ct' })
  assert.equal(await createFind({ rows: 40 }).count(counted), 40)
  await assert.rejects(createFind({ rows: 39 }).count(counted), { code: 'BadRequest' })
  assert.equal(createFind({}, { limits: { results: 5, instances: 6 } }).limitOf('Series'), 5)
  assert.equal(createFind({}, { limits: { results: 5, instances: 6 } }).limitOf('Instance'), 6)
})
