import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveCharacterSet } from '../character-set/character-set.ts'
import { type Vr, vrs } from '../vr.ts'
import { formatText, readTexts } from './text.ts'
import { textVr } from './text-vr.ts'

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** VR, value field, the field as text, its values. From PS3.5 Table 6.2-1. */
const rows: readonly (readonly [Vr, string, string, readonly string[]])[] = [
  ['AE', '  AE1 \\ AE2 ', '  AE1 \\ AE2', ['AE1', 'AE2']],
  ['AS', '012Y', '012Y', ['012Y']],
  ['CS', ' A \\B ', ' A \\B', ['A', 'B']],
  ['DA', '20200101\\20200102', '20200101\\20200102', ['20200101', '20200102']],
  ['DS', ' 1.50 \\ 2 ', ' 1.50 \\ 2', ['1.50', '2']],
  ['DT', '20200101 ', '20200101', ['20200101']],
  ['IS', ' 1\\2 ', ' 1\\2', ['1', '2']],
  ['LO', '  x y  \\  z  ', '  x y  \\  z', ['x y', 'z']],
  ['LT', '  a \\b  ', '  a \\b', ['  a \\b']],
  ['PN', ' A^B \\C', ' A^B \\C', ['A^B', 'C']],
  ['SH', ' a\\\\b ', ' a\\\\b', ['a', '', 'b']],
  ['ST', ' a\\b ', ' a\\b', [' a\\b']],
  ['TM', '1010  ', '1010', ['1010']],
  ['UC', ' a \\ b ', ' a \\ b', [' a', ' b']],
  ['UI', '1.2.3\0\\1.4 \\ 1.5\0', '1.2.3\\1.4\\1.5', ['1.2.3', '1.4', '1.5']],
  ['UR', 'http://x/a\\b  ', 'http://x/a\\b', ['http://x/a\\b']],
  ['UT', '  a\r\n\\ ', '  a\r\n\\', ['  a\r\n\\']],
]

for (const [vr, field, text, values] of rows) {
  test(`${vr}: padding, delimiters, values`, () => {
    const rules = textVr(vr)
    assert.ok(rules !== undefined)
    assert.equal(formatText(bytesOf(field), rules, resolveCharacterSet([])), text)
    assert.deepEqual(readTexts(bytesOf(field), rules, resolveCharacterSet([])), values)
    assert.deepEqual(readTexts(bytesOf('  '), rules, resolveCharacterSet([])), [])
  })
}

test('every text VR is covered, and no other', () => {
  assert.deepEqual(
    vrs.filter((vr) => textVr(vr) !== undefined),
    rows.map(([vr]) => vr),
  )
})

test('Specific Character Set applies to SH, LO, ST, LT, UT, UC and PN (PS3.5 6.1.2.3)', () => {
  const extended = vrs.filter((vr) => textVr(vr)?.extended)
  assert.deepEqual(extended, ['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT'])
})

test('a null ends its value', () => {
  const lo = textVr('LO')
  const st = textVr('ST')
  assert.ok(lo !== undefined && st !== undefined)
  assert.equal(formatText(bytesOf('sh\0x\0'), lo, resolveCharacterSet([])), 'sh')
  assert.equal(formatText(bytesOf('a \0x\\b'), lo, resolveCharacterSet([])), 'a \\b')
  assert.equal(formatText(bytesOf('a \0x\\b'), st, resolveCharacterSet([])), 'a')
  assert.equal(formatText(bytesOf('\0\0'), lo, resolveCharacterSet([])), '')
})

test('values are split after decoding', () => {
  const lo = textVr('LO')
  assert.ok(lo !== undefined)
  assert.deepEqual(readTexts(bytesOf('\x82\x5c\\b'), lo, resolveCharacterSet(['GBK'])), ['俓', 'b'])
})

test('other VRs stay ASCII with JIS X 0201, and keep high bytes as text', () => {
  const ur = textVr('UR')
  const cs = textVr('CS')
  assert.ok(ur !== undefined && cs !== undefined)
  assert.equal(formatText(bytesOf('http://x/~a'), ur, resolveCharacterSet(['ISO_IR 13'])), 'http://x/~a')
  assert.equal(formatText(bytesOf('\xe9'), cs, resolveCharacterSet(['ISO_IR 100'])), 'é')
})
