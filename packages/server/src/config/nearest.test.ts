import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editDistance, nearest } from './nearest.ts'

test('the distance counts insertions, deletions and substitutions', () => {
  assert.equal(editDistance('', ''), 0)
  assert.equal(editDistance('', 'abc'), 3)
  assert.equal(editDistance('kitten', 'sitting'), 3)
  assert.equal(editDistance('sitting', 'kitten'), 3)
})

test('a misspelt name finds its neighbour; a different word finds none', () => {
  const names = ['HttpPort', 'DicomPort', 'DicomAet']
  assert.equal(nearest('httpPort', names), 'HttpPort')
  assert.equal(nearest('DicomAett', names), 'DicomAet')
  assert.equal(nearest('Zebra', names), undefined)
  assert.equal(nearest('x', []), undefined)
})
