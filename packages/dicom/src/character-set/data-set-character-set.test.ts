import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DataSet } from '../data-set/data-set.ts'
import { buildDataSet } from '../encoding/build-data-set.ts'
import { characterSetOf, specificCharacterSetTag } from './data-set-character-set.ts'

const declaring = (value: string): DataSet =>
  buildDataSet({ explicitVr: true, littleEndian: true }, [
    [specificCharacterSetTag, 'CS', Uint8Array.from(value, (character) => character.charCodeAt(0))],
  ])

/** Whether two data sets that declare the same share what it means. */
function isKept(value: string, defaultTerm?: string): boolean {
  const [first, second] = [declaring(value), declaring(value)]
  return characterSetOf(first, defaultTerm) === characterSetOf(second, defaultTerm)
}

test('what a declaration means is resolved once, for each default', () => {
  assert.ok(isKept('ISO_IR 192'))
  assert.deepEqual(characterSetOf(declaring('ISO_IR 192')).terms, ['ISO_IR 192'])
  assert.ok(isKept('', 'ISO_IR 144'))
  assert.deepEqual(characterSetOf(declaring(''), 'ISO_IR 144').terms, ['ISO_IR 144'])
  assert.deepEqual(characterSetOf(declaring(' \0\\ '), 'ISO_IR 100').terms, ['ISO_IR 100'])
})

test('long declarations, and more than there are in the world, are not kept, and mean the same', () => {
  assert.equal(isKept('ISO_IR 100\\'.repeat(20)), false)
  const odd = Array.from({ length: 100 }, (_, index) => `ODD ${index}\\ISO 2022 IR 87`)
  assert.ok(odd.filter((value) => isKept(value)).length < 64)
  for (const value of odd) {
    const { terms, warnings } = characterSetOf(declaring(value))
    assert.deepEqual([terms, warnings], [['', 'ISO 2022 IR 87'], ['UnknownCharacterSet']])
  }
})
