import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DataSet } from '../data-set/data-set.ts'
import type { Element } from '../data-set/element.ts'
import { standardDictionary } from '../dictionary/dictionary.ts'
import { buildDataSet, type NewElement } from '../encoding/build-data-set.ts'
import type { JsonObject } from './json-value.ts'
import { fullMembers, shortMembers, toFullJson, toShortJson, toSimplifiedJson } from './tag-formats.ts'

const encoding = { explicitVr: true, littleEndian: true }
const build = (...entries: readonly NewElement[]): DataSet => buildDataSet(encoding, entries)
const empty = new Uint8Array(0)
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** `Type` and `Value` of the only element, in the full format. */
function full(entry: NewElement, options?: Parameters<typeof toFullJson>[1]): readonly unknown[] {
  const [value] = Object.values(toFullJson(build(entry), options)) as readonly JsonObject[]
  return [value?.Type, value?.Value]
}

test('the three formats', () => {
  const dataSet = build(
    [0x00100010, 'PN', 'DOE^JOHN'],
    [0x00081140, 'SQ', [[[0x00081150, 'UI', '1.2']], []]],
    [0x7fe00010, 'OW', new Uint8Array(2)],
  )
  assert.deepEqual(toFullJson(dataSet), {
    '0008,1140': {
      Name: 'ReferencedImageSequence',
      Type: 'Sequence',
      Value: [{ '0008,1150': { Name: 'ReferencedSOPClassUID', Type: 'String', Value: '1.2' } }, {}],
    },
    '0010,0010': { Name: 'PatientName', Type: 'String', Value: 'DOE^JOHN' },
    '7fe0,0010': { Name: 'PixelData', Type: 'Null', Value: null },
  })
  const simplified = toSimplifiedJson(dataSet)
  assert.deepEqual(simplified, {
    ReferencedImageSequence: [{ ReferencedSOPClassUID: '1.2' }, {}],
    PatientName: 'DOE^JOHN',
    PixelData: null,
  })
  assert.deepEqual(Object.keys(simplified), ['PatientName', 'PixelData', 'ReferencedImageSequence'])
  assert.deepEqual(toShortJson(dataSet), {
    '0008,1140': [{ '0008,1150': '1.2' }, {}],
    '0010,0010': 'DOE^JOHN',
    '7fe0,0010': null,
  })
})

test('members come one by one as the objects have them', () => {
  const dataSet = build(
    [0x00080000, 'UL', 10],
    [0x00081140, 'SQ', [[[0x00081150, 'UI', '1.2']], []]],
    [0x00210010, 'LO', 'ACME'],
    [0x00211001, 'LO', 'x'],
    [0x7fe00010, 'OW', new Uint8Array(2)],
    [0xfffcfffc, 'OB', new Uint8Array(2)],
  )
  for (const options of [{}, { whole: true }]) {
    assert.deepEqual([...fullMembers(dataSet, options)], Object.entries(toFullJson(dataSet, options)))
    assert.deepEqual([...shortMembers(dataSet, options)], Object.entries(toShortJson(dataSet, options)))
  }
})

test('types by VR, as a running Orthanc has them', () => {
  const rows: readonly (readonly [NewElement, string, unknown])[] = [
    [[0x00280010, 'US', 512], 'String', '512'],
    [[0x00720078, 'UL', [0, 4294967295]], 'String', '0\\4294967295'],
    [[0x0072007c, 'SL', [-5]], 'String', '-5'],
    [[0x00720074, 'FD', [0.1, 1e20]], 'String', '0.10000000000000001\\1e+20'],
    [[0x00720076, 'FL', [0.1]], 'String', '0.10000000149011612'],
    [[0x00720067, 'OF', [1.5, 0.1]], 'String', '1.5\\0.10000000149011612'],
    [[0x00720073, 'OD', [0.1]], 'String', '0.10000000000000001'],
    [[0x00720075, 'OL', [1, 2]], 'String', '1\\2'],
    [[0x00720082, 'SV', [-5n]], 'String', '-5'],
    [[0x00280009, 'AT', [0x00181063]], 'String', '0018,1063'],
    [[0x00720064, 'IS', ' 12 \\ 13 '], 'String', ' 12 \\ 13'],
    [[0x00720072, 'DS', '1.50 '], 'String', '1.50'],
    [[0x00720066, 'LO', '  x  '], 'String', '  x'],
    [[0x00720065, 'OB', bytesOf('abcd')], 'Null', null],
    [[0x00720069, 'OW', bytesOf('abcd')], 'Null', null],
    [[0x0072006d, 'UN', bytesOf('abcd')], 'Null', null],
    [[0x00100010, 'PN', empty], 'String', ''],
    [[0x00720078, 'UL', empty], 'Null', null],
    [[0x00720060, 'AT', empty], 'Null', null],
    [[0x00720067, 'OF', empty], 'Null', null],
    [[0x00400555, 'SQ', []], 'Sequence', []],
    [[0x7fe00008, 'OF', [1]], 'Null', null],
    [[0x7fe00009, 'OD', [1]], 'Null', null],
  ]
  for (const [entry, type, value] of rows) assert.deepEqual(full(entry), [type, value], entry[1])
})

test('text longer than 256 bytes of UTF-8 is too long', () => {
  const tooLong = ['TooLong', null]
  assert.deepEqual(full([0x00720070, 'UT', 'a'.repeat(256)]), ['String', 'a'.repeat(256)])
  assert.deepEqual(full([0x00720070, 'UT', 'a'.repeat(257)]), tooLong)
  assert.deepEqual(full([0x00720066, 'LO', `${'e'.repeat(256)}  `]), ['String', 'e'.repeat(256)])
  assert.deepEqual(full([0x00720070, 'UT', bytesOf('\xe9'.repeat(128))]), ['String', 'é'.repeat(128)])
  assert.deepEqual(full([0x00720070, 'UT', bytesOf('\xe9'.repeat(129))]), tooLong)
  assert.deepEqual(full([0x00720078, 'UL', Array.from({ length: 300 }, () => 1)]), tooLong)
  assert.deepEqual(full([0x00720080, 'US', Array.from({ length: 60 }, () => 1000)]), tooLong)
  assert.deepEqual(full([0x00720080, 'US', Array.from({ length: 51 }, () => 1000)]), [
    'String',
    Array(51).fill('1000').join('\\'),
  ])
})

test('the limit can be moved and lifted', () => {
  const long: NewElement = [0x00720070, 'UT', 'a'.repeat(300)]
  assert.deepEqual(full(long, { ignoreLength: new Set([0x00720070]) }), ['String', 'a'.repeat(300)])
  assert.deepEqual(full(long, { ignoreLength: new Set([0x00720071]) }), ['TooLong', null])
  assert.deepEqual(full(long, { maxTextLength: 0 }), ['String', 'a'.repeat(300)])
  assert.deepEqual(full([0x00720070, 'UT', 'ab'], { maxTextLength: 1 }), ['TooLong', null])
  assert.deepEqual(toSimplifiedJson(build(long)), { SelectorUTValue: null })
})

test('values that are not in memory', () => {
  const reference = (tag: number, vr: Element['vr']): Element => ({
    tag,
    vr,
    offset: 0,
    valueOffset: 12,
    length: 1e7,
    value: { kind: 'reference' },
  })
  const dataSet = new DataSet(encoding, [
    reference(0x00720065, 'OB'),
    reference(0x00720067, 'OF'),
    reference(0x00720070, 'UT'),
    { ...reference(0x7fe00010, 'OB'), value: { kind: 'fragments', fragments: [] } },
  ])
  const types = Object.values(toFullJson(dataSet) as Record<string, JsonObject>).map(({ Type }) => Type)
  assert.deepEqual(types, ['Null', 'TooLong', 'TooLong', 'Null'])
})

test('elements after Pixel Data only on demand, but in items always', () => {
  const after: readonly NewElement[] = [
    [0x7fe00010, 'OW', empty],
    [0xfffcfffc, 'OB', empty],
  ]
  assert.deepEqual(Object.keys(toShortJson(build(...after))), ['7fe0,0010'])
  assert.deepEqual(Object.keys(toShortJson(build(...after), { whole: true })), ['7fe0,0010', 'fffc,fffc'])
  assert.deepEqual(toShortJson(build([0x00081140, 'SQ', [after]])), {
    '0008,1140': [{ '7fe0,0010': null, 'fffc,fffc': null }],
  })
})

test('group lengths are left out, but for that of the file meta information, which shows no binaries', () => {
  assert.deepEqual(
    toShortJson(build([0x00080000, 'UL', 4], [0x00090000, 'UL', 4], [0x00080060, 'CS', 'MR'])),
    {
      '0008,0060': 'MR',
    },
  )
  const meta = build([0x00020000, 'UL', 4], [0x00020001, 'OB', bytesOf('\0\x01')], [0x00020010, 'UI', '1.2'])
  assert.deepEqual(toShortJson(meta), { '0002,0000': '4', '0002,0010': '1.2' })
})

test('private elements', () => {
  const dictionary = standardDictionary.with([
    { tag: 0x00090001, vr: 'LO', keyword: 'KnownText', privateCreator: 'ACME' },
    { tag: 0x00090002, vr: 'US', keyword: 'KnownNumber', privateCreator: 'ACME' },
  ])
  const dataSet = build(
    [0x00090010, 'LO', 'ACME '],
    [0x00090011, 'LO', 'NOBODY'],
    [0x00091001, 'UN', bytesOf('text')],
    [0x00091002, 'UN', bytesOf('\x01\x00')],
    [0x00091101, 'LO', 'x'],
    [0x00091102, 'SQ', [[[0x00091001, 'LO', 'in an item']]]],
    [0x00092001, 'LO', 'no creator'],
  )
  assert.deepEqual(toFullJson(dataSet, { dictionary }), {
    '0009,0010': { Name: 'PrivateCreator', Type: 'String', Value: 'ACME' },
    '0009,0011': { Name: 'PrivateCreator', Type: 'String', Value: 'NOBODY' },
    '0009,1001': { Name: 'KnownText', PrivateCreator: 'ACME', Type: 'String', Value: 'text' },
    '0009,1002': { Name: 'KnownNumber', PrivateCreator: 'ACME', Type: 'Null', Value: null },
    '0009,1101': { Name: 'Unknown Tag & Data', PrivateCreator: 'NOBODY', Type: 'String', Value: 'x' },
    '0009,1102': {
      Name: 'Unknown Tag & Data',
      Type: 'Sequence',
      Value: [{ '0009,1001': { Name: 'Unknown Tag & Data', Type: 'String', Value: 'in an item' } }],
    },
    '0009,2001': { Name: 'Unknown Tag & Data', Type: 'String', Value: 'no creator' },
  })
  assert.deepEqual(toSimplifiedJson(dataSet, { dictionary })['Unknown Tag & Data'], 'no creator')
})

test('names', () => {
  const dataSet = build(
    [0x00080001, 'UL', 4],
    [0x0010ffff, 'UN', bytesOf('zz')],
    [0x00101000, 'LO', 'x'],
    [0x60020010, 'US', 1],
  )
  assert.deepEqual(Object.keys(toSimplifiedJson(dataSet)), [
    'OtherPatientIDs',
    'OverlayRows',
    'RETIRED_LengthToEnd',
    'Unknown Tag & Data',
  ])
})

test('UN that the dictionary knows as text, and a sequence that came as UN', () => {
  assert.deepEqual(full([0x00100010, 'UN', bytesOf('DOE^JOHN')]), ['String', 'DOE^JOHN'])
  assert.deepEqual(full([0x00280010, 'UN', bytesOf('\x00\x02')]), ['Null', null])
  const item = build([0x00081150, 'UI', '1.2'])
  const element: Element = {
    tag: 0x00081140,
    vr: 'UN',
    offset: -1,
    valueOffset: -1,
    length: 0xffffffff,
    value: { kind: 'items', items: [item] },
  }
  assert.deepEqual(toSimplifiedJson(new DataSet(encoding, [element])), {
    ReferencedImageSequence: [{ ReferencedSOPClassUID: '1.2' }],
  })
})

test('character sets', () => {
  const name: NewElement = [0x00100010, 'PN', bytesOf('\xbf')]
  assert.deepEqual(toSimplifiedJson(build([0x00080005, 'CS', 'ISO_IR 144'], name)).PatientName, 'П')
  assert.deepEqual(toSimplifiedJson(build(name)).PatientName, '¿')
  assert.deepEqual(toSimplifiedJson(build(name), { defaultCharacterSet: 'ISO_IR 144' }).PatientName, 'П')
})

test('sequences nested four times as deep as the reader lets through', () => {
  const depth = 1024
  const tag = 0x00081140
  const items: DataSet[] = [new DataSet(encoding, [])]
  for (let level = 0; level < depth; level++) {
    const value = { kind: 'items', items: items.slice(-1) } as const
    items.push(new DataSet(encoding, [{ tag, vr: 'SQ', offset: -1, valueOffset: -1, length: 0, value }]))
  }
  const outermost = items.at(-1)
  assert.ok(outermost !== undefined)
  let json: unknown = toSimplifiedJson(outermost)
  let levels = 0
  while (Object.keys(json as object).length > 0) {
    json = ((json as JsonObject).ReferencedImageSequence as readonly unknown[])[0]
    levels++
  }
  assert.equal(levels, depth)
})
