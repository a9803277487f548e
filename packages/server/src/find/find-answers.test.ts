import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  buildDataSet,
  type NewElement,
  standardDictionary,
  type Tag,
  textOf,
  toShortJson,
} from '@kingsfoil/dicom'
import type { TagValue } from '../model/resource.ts'
import type { Hit } from './find.ts'
import { FindAnswers } from './find-answers.ts'
import type { Search } from './search.ts'

const encoding = { explicitVr: true, littleEndian: true }

const text = { dictionary: standardDictionary, defaultCharacterSet: 'ISO_IR 100' }

/** Answers as if the catalog had these values in every row. */
function answering(rows: readonly (readonly (readonly [Tag, TagValue])[])[], limit = 0) {
  const searches: { search: Search; wanted: readonly Tag[] }[] = []
  const find = {
    limitOf: () => limit,
    async *find(search: Search, wanted: readonly Tag[] = []): AsyncGenerator<Hit> {
      searches.push({ search, wanted })
      const found = search.limit === 0 ? rows : rows.slice(0, search.limit)
      for (const row of found) {
        const values = new Map(row)
        yield { id: '', tags: new Map(wanted.map((tag) => [tag, values.get(tag)])) }
      }
    },
  }
  const options = { ...text, caseSensitiveNames: false, retrieveAeTitle: 'HERE' }
  return { answers: new FindAnswers(find, options), searches }
}

const ask = async (answers: FindAnswers, elements: readonly NewElement[]) => {
  const found = []
  const generator = answers.answers('Study', buildDataSet(encoding, elements))
  for (;;) {
    const { value, done } = await generator.next()
    if (done === true) return { found, ...value }
    found.push(value)
  }
}

test('an answer has the keys of the request, empty where there is nothing', async () => {
  const { answers, searches } = answering([
    [
      [0x00100010, 'Doe^Jérôme'],
      [0x00201208, '12'],
      [0x00280010, '512'],
    ],
  ])
  const { found, isComplete } = await ask(answers, [
    [0x00080005, 'CS', 'ISO_IR 100'],
    [0x00080052, 'CS', 'STUDY'],
    [0x00080020, 'DA', '*'],
    [0x00080201, 'SH', '+0100'],
    [0x00100010, 'PN', new Uint8Array(Buffer.from('doe^*', 'latin1'))],
    [0x0020000d, 'UI', '1.2\\1.3'],
    [0x00201208, 'IS'],
    [0x00280010, 'US'],
  ])
  assert.equal(isComplete, true)
  assert.deepEqual(toShortJson(found[0] ?? assert.fail(), text), {
    '0008,0005': 'ISO_IR 100',
    '0008,0020': '',
    '0008,0052': 'STUDY',
    '0008,0054': 'HERE',
    '0008,0201': '',
    '0010,0010': 'Doe^Jérôme',
    '0020,000d': '',
    '0020,1208': '12',
    '0028,0010': '512',
  })
  assert.deepEqual(
    searches[0]?.search.constraints.map(({ tag, folding, matcher }) => [tag, folding, matcher.kind]),
    [
      [0x00080020, 'none', 'universal'],
      [0x00100010, 'case', 'values'],
      [0x0020000d, 'none', 'values'],
    ],
  )
})

test('names go out in the character set of the request, or in UTF-8', async () => {
  const name = 'Yamada^Tarou=山田^太郎=やまだ^たろう'
  const { answers } = answering([[[0x00100010, name]]])
  const key: NewElement = [0x00100010, 'PN']
  const termOf = async (elements: readonly NewElement[]) => {
    const answer = (await ask(answers, elements)).found[0] ?? assert.fail()
    assert.equal(textOf(answer, 0x00100010), name)
    return textOf(answer, 0x00080005)
  }
  assert.equal(await termOf([[0x00080005, 'CS', '\\ISO 2022 IR 87'], key]), '\\ISO 2022 IR 87')
  assert.equal(await termOf([[0x00080005, 'CS', 'ISO_IR 100'], key]), 'ISO_IR 192')
  assert.equal(await termOf([key]), 'ISO_IR 192')
})

test('a sequence is matched and returned by its item', async () => {
  const items = [{ '0040,0007': 'CT Head', '0040,0009': 'S1', '0008,0100': 'X' }]
  const { answers, searches } = answering([[[0x00400275, items]]])
  const { found } = await ask(answers, [
    [
      0x00400275,
      'SQ',
      [
        [
          [0x00400007, 'LO', 'CT*'],
          [0x00400009, 'SH'],
        ],
      ],
    ],
  ])
  assert.deepEqual(toShortJson(found[0] ?? assert.fail(), text)['0040,0275'], [
    { '0040,0007': 'CT Head', '0040,0009': 'S1' },
  ])
  const all = await ask(answers, [[0x00400275, 'SQ']])
  assert.deepEqual(toShortJson(all.found[0] ?? assert.fail(), text)['0040,0275'], [
    { '0008,0100': 'X', '0040,0007': 'CT Head', '0040,0009': 'S1' },
  ])
  assert.equal(searches[0]?.search.constraints[0]?.matcher.kind, 'sequence')
})

test('the limit of the server cuts the answers, and tells', async () => {
  const rows = [[], [], []]
  const cut = await ask(answering(rows, 2).answers, [[0x00100020, 'LO']])
  assert.deepEqual([cut.found.length, cut.isComplete], [2, false])
  const whole = await ask(answering(rows, 3).answers, [[0x00100020, 'LO']])
  assert.deepEqual([whole.found.length, whole.isComplete], [3, true])
})
