import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matchesUid } from './uid-pattern.ts'

test('wildcards match like the regular expression that they stand for', () => {
  const letters = fc.string({ unit: fc.constantFrom('1', '2', '.'), maxLength: 12 })
  const patterns = fc.string({ unit: fc.constantFrom('1', '2', '.', '*', '?'), maxLength: 8 })
  fc.assert(
    fc.property(letters, patterns, (uid, pattern) => {
      const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
      assert.equal(matchesUid(uid, pattern), new RegExp(`^${source}$`).test(uid))
    }),
    { numRuns: 2000 },
  )
})

test('many wildcards against a long text that does not match take no time to speak of', () => {
  assert.equal(matchesUid('1'.repeat(5000), `${'*1'.repeat(30)}*2`), false)
})
