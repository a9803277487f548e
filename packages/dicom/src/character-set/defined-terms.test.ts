import assert from 'node:assert/strict'
import { test } from 'node:test'
import { definedTerms, findTerm } from './defined-terms.ts'

/** PS3.3 Tables C.12-2 to C.12-5, typed from the standard: term, code elements as ISO-IR numbers. */
const tables: Readonly<Record<string, readonly (readonly [string, readonly number[]])[]>> = {
  'C.12-2': [
    ['ISO_IR 100', [6, 100]],
    ['ISO_IR 101', [6, 101]],
    ['ISO_IR 109', [6, 109]],
    ['ISO_IR 110', [6, 110]],
    ['ISO_IR 144', [6, 144]],
    ['ISO_IR 127', [6, 127]],
    ['ISO_IR 126', [6, 126]],
    ['ISO_IR 138', [6, 138]],
    ['ISO_IR 148', [6, 148]],
    ['ISO_IR 203', [6, 203]],
    ['ISO_IR 13', [14, 13]],
    ['ISO_IR 166', [6, 166]],
  ],
  'C.12-3': [
    ['ISO 2022 IR 6', [6]],
    ['ISO 2022 IR 100', [6, 100]],
    ['ISO 2022 IR 101', [6, 101]],
    ['ISO 2022 IR 109', [6, 109]],
    ['ISO 2022 IR 110', [6, 110]],
    ['ISO 2022 IR 144', [6, 144]],
    ['ISO 2022 IR 127', [6, 127]],
    ['ISO 2022 IR 126', [6, 126]],
    ['ISO 2022 IR 138', [6, 138]],
    ['ISO 2022 IR 148', [6, 148]],
    ['ISO 2022 IR 203', [6, 203]],
    ['ISO 2022 IR 13', [14, 13]],
    ['ISO 2022 IR 166', [6, 166]],
  ],
  'C.12-4': [
    ['ISO 2022 IR 87', [87]],
    ['ISO 2022 IR 159', [159]],
    ['ISO 2022 IR 149', [149]],
    ['ISO 2022 IR 58', [58]],
  ],
  'C.12-5': [
    ['ISO_IR 192', []],
    ['GB18030', []],
    ['GBK', []],
  ],
}

for (const [table, rows] of Object.entries(tables)) {
  test(`PS3.3 Table ${table}`, () => {
    const defined = definedTerms.filter((row) => row.table === table && row.term !== 'ISO_IR 6')
    const actual = defined.map((row) => [row.term, [row.g0, row.g1].flatMap((set) => set?.number ?? [])])
    assert.deepEqual(new Map(actual as [string, number[]][]), new Map(rows))
    for (const row of defined) {
      assert.equal(findTerm(row.term)?.row, row)
      assert.equal(findTerm(row.term)?.exact, true)
      assert.equal(row.label !== undefined, table === 'C.12-5')
    }
  })
}

const variants: Readonly<Record<string, readonly string[]>> = {
  'ISO_IR 6': ['ASCII', 'us-ascii', 'ISO-IR 6', 'Ascii'],
  'ISO_IR 100': [
    'ISO IR 100',
    'ISO-IR 100',
    'ISO_IR_100',
    'ISO_IR100',
    'iso_ir 100',
    'latin1',
    'Latin-1',
    'ISO-8859-1',
    'ISO8859_1',
  ],
  'ISO 2022 IR 100': ['ISO2022IR100', 'ISO 2022-IR 100', 'ISO_2022_IR_100', 'ISO 2022 IR100'],
  'ISO 2022 IR 87': ['ISO2022IR87', 'ISO_IR 87', 'iso 2022 ir 87', 'JapaneseKanji'],
  'ISO 2022 IR 149': ['ISO_IR 149', 'EUC-KR', 'Korean'],
  'ISO 2022 IR 58': ['ISO 2022 58', 'GB2312', 'SimplifiedChinese'],
  'ISO_IR 192': ['UTF-8', 'utf8', 'ISO IR 192', 'ISO-IR-192', 'ISO 2022 IR 192', 'Utf8'],
  'ISO_IR 13': ['Shift_JIS', 'Japanese', 'ISO IR 13'],
  'ISO_IR 166': ['TIS-620', 'Thai'],
  GB18030: ['gb18030', 'GB 18030', 'Chinese', 'ISO 2022 GB18030'],
  GBK: ['gbk', 'ISO 2022 GBK'],
  'windows-1251': ['Windows1251', 'WINDOWS_1251'],
}

test('spelling variants are understood, and told from the terms', () => {
  for (const [term, texts] of Object.entries(variants)) {
    for (const text of texts) {
      assert.equal(findTerm(text)?.row.term, term, text)
      assert.equal(findTerm(text)?.exact, false, text)
    }
  }
  for (const text of ['ISO_IR 1', 'ISO_IR 1000', 'KOI8-R', '?', '\u0000'])
    assert.equal(findTerm(text), undefined)
})
