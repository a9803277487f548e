import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Vr } from '../vr.ts'
import { cleanValue, cutValue } from './clean-value.ts'

const rows: readonly (readonly [Vr, string, string | undefined])[] = [
  ['CS', 'mr', 'MR'],
  ['CS', 'ORIGINAL\\a-b\\PRIMARY', 'ORIGINAL\\\\PRIMARY'],
  ['CS', 'ABCDEFGHIJKLMNOPQ', undefined],
  ['DA', '20200229', '20200229'],
  ['DA', '2020.02.29', '20200229'],
  ['DA', '20201301', undefined],
  ['DA', '20200132', undefined],
  ['DA', '2020', undefined],
  ['TM', '12', '12'],
  ['TM', '1234', '1234'],
  ['TM', '12:34:56', '123456'],
  ['TM', '123456.1234567', '123456.123456'],
  ['TM', '123460', '123460'],
  ['TM', '240000', undefined],
  ['TM', '126000', undefined],
  ['TM', '1', undefined],
  ['DT', '20200101120000.5+0100', '20200101120000.5+0100'],
  ['DT', 'yesterday', undefined],
  ['IS', ' -12 ', '-12'],
  ['IS', '1.5', undefined],
  ['DS', '1.5e3', '1.5e3'],
  ['DS', '1.23456789012345678', undefined],
  ['DS', 'NaN', undefined],
  ['UI', '1.2.3', '1.2.3'],
  ['UI', '01.2', '01.2'],
  ['UI', '1 2', undefined],
  ['US', '512', '512'],
  ['US', '-1', undefined],
  ['US', '65535', '65535'],
  ['US', '65536', undefined],
  ['UL', '4294967296', undefined],
  ['UI', '1'.repeat(257), undefined],
  ['LO', 'x'.repeat(1025), 'x'.repeat(1024)],
  ['LO', `${'x'.repeat(1023)}\u{1f600}`, `${'x'.repeat(1023)}\ufffd`],
  ['LO', ' a\tb\u0007 ', 'a b'],
  ['LO', '  ', undefined],
  ['LO', 'a\\b', 'a\\b'],
  ['ST', 'a\r\nb\\c\u0000', 'a\r\nb\\c'],
  ['UR', 'urn:a b', undefined],
  ['OB', 'x', undefined],
]

test('values become what their VR allows, or nothing', () => {
  for (const [vr, text, expected] of rows) assert.equal(cleanValue(text, vr), expected, `${vr} ${text}`)
})

test('values are cut between characters', () => {
  const smile = '\u{1f600}'
  assert.equal(cutValue(smile.repeat(20), 'SH'), smile.repeat(16))
  assert.equal(cutValue('x'.repeat(64), 'LO'), 'x'.repeat(64))
  assert.equal(cutValue('x'.repeat(65), 'LO'), 'x'.repeat(64))
  assert.equal(cutValue('x'.repeat(1024), 'ST'), 'x'.repeat(1024))
  assert.equal(cutValue(`A=${'y'.repeat(65)}=C`, 'PN'), `A=${'y'.repeat(64)}=C`)
})
