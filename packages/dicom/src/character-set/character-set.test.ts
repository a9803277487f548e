import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveCharacterSet } from './character-set.ts'

const summary = (values: readonly string[], defaultTerm?: string) => {
  const { terms, label, g0, g1, codeExtensions, warnings } = resolveCharacterSet(values, defaultTerm)
  return { terms, sets: label ?? [g0.number, g1?.number ?? 0], codeExtensions, warnings }
}

test('absent or empty means the default', () => {
  const latin1 = { terms: ['ISO_IR 100'], sets: [6, 100], codeExtensions: false, warnings: [] }
  assert.deepEqual(summary([]), latin1)
  assert.deepEqual(summary(['']), latin1)
  assert.deepEqual(summary([], 'ISO_IR 192').sets, 'utf-8')
  assert.deepEqual(summary([], '').sets, [6, 0])
  assert.deepEqual(summary([], 'Windows1251').sets, 'windows-1251')
})

test('one value', () => {
  assert.deepEqual(summary(['ISO_IR 144']), {
    terms: ['ISO_IR 144'],
    sets: [6, 144],
    codeExtensions: false,
    warnings: [],
  })
  assert.deepEqual(summary(['ISO 2022 IR 144']).codeExtensions, true)
  assert.deepEqual(summary(['ISO_IR 13']).sets, [14, 13])
  assert.deepEqual(summary(['GBK']).sets, 'gbk')
})

test('several values: the first is designated at the start, the empty one is ASCII', () => {
  assert.deepEqual(summary(['', 'ISO 2022 IR 149']), {
    terms: ['', 'ISO 2022 IR 149'],
    sets: [6, 0],
    codeExtensions: true,
    warnings: [],
  })
  const japanese = resolveCharacterSet(['ISO 2022 IR 13', 'ISO 2022 IR 87', 'ISO 2022 IR 159'])
  assert.deepEqual(
    japanese.codedSets.map((set) => set.number),
    [14, 13, 87, 159],
  )
})

test('deviations are told', () => {
  assert.deepEqual(summary(['ISO IR 100']).warnings, ['MisspelledCharacterSet'])
  assert.deepEqual(summary(['ISO IR 100']).sets, [6, 100])
  assert.deepEqual(summary(['nonsense']).warnings, ['UnknownCharacterSet'])
  assert.deepEqual(summary(['nonsense']).sets, [6, 0])
  assert.deepEqual(summary(['ISO 2022 IR 87']).warnings, ['MultiByteFirst'])
  assert.deepEqual(summary(['ISO 2022 IR 87']).sets, [6, 0])
  assert.deepEqual(summary(['ISO 2022 IR 149']).sets, [6, 149])
})

test('a set that excludes others is taken alone if it can hold what the others mean', () => {
  assert.deepEqual(summary(['ISO_IR 192', 'ISO 2022 IR 87']).sets, 'utf-8')
  assert.deepEqual(summary(['', 'ISO_IR 192']).sets, 'utf-8')
  assert.deepEqual(summary(['ISO 2022 IR 6', 'GB18030']).sets, 'gb18030')
  assert.deepEqual(summary(['ISO 2022 IR 100', 'ISO_IR 192']).sets, [6, 100])
  assert.deepEqual(summary(['ISO 2022 IR 87', 'ISO_IR 192']).sets, [6, 0])
  assert.deepEqual(summary(['ISO_IR 192', 'ISO 2022 IR 87']).warnings, ['MixedCharacterSets'])
})
