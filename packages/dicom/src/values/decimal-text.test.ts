import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDecimalString, parseIntegerString } from './decimal-text.ts'

test('DS', () => {
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['1.50', 1.5],
    [' -1.5e-3 ', -0.0015],
    ['+.5', 0.5],
    ['5.', 5],
    ['1E10', 1e10],
    ['', undefined],
    ['.', undefined],
    ['1,5', undefined],
    ['0x10', undefined],
    ['Infinity', undefined],
    ['1e999', undefined],
    ['1 2', undefined],
  ]
  for (const [text, value] of rows) assert.equal(parseDecimalString(text), value, text)
})

test('IS', () => {
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['12', 12],
    [' -7 ', -7],
    ['+007', 7],
    ['', undefined],
    ['1.0', undefined],
    ['1e3', undefined],
    ['99999999999999999999', undefined],
  ]
  for (const [text, value] of rows) assert.equal(parseIntegerString(text), value, text)
})
