import assert from 'node:assert/strict'
import { test } from 'node:test'
import { differencesPage, writtenPage } from './differences-page.ts'

test('docs/differences.md says what the list says', () => {
  assert.equal(writtenPage(), differencesPage(), 'run node interop/differences-page.ts')
})
