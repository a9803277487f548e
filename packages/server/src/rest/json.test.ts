import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonValue } from '../model/json-value.ts'
import { formatJson, formatMembers, printMembers } from './json.ts'
import { formatXml, printXmlMembers } from './xml.ts'

test('prints as Orthanc does', () => {
  const value = { b: [], c: { z: 1, a: 'é\\"\n' }, a: [true, null, { x: {} }], '\u{1f600}': '\u007f' }
  assert.equal(
    formatJson(value),
    [
      '{',
      '   "a" : ',
      '   [',
      '      true,',
      '      null,',
      '      {',
      '         "x" : {}',
      '      }',
      '   ],',
      '   "b" : [],',
      '   "c" : ',
      '   {',
      '      "a" : "\\u00e9\\\\\\"\\n",',
      '      "z" : 1',
      '   },',
      '   "\\ud83d\\ude00" : "\u007f"',
      '}',
    ].join('\n'),
  )
  assert.equal(formatJson([]), '[]')
  assert.equal(formatJson({}), '{}')
})

test('any value comes back, from ASCII alone', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const printed = formatJson(value as JsonValue)
      assert.match(printed, /^[\n\x20-\x7f]*$/)
      assert.deepEqual(JSON.parse(printed), JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('members that come one by one are printed like those of an object', () => {
  for (const value of [{}, { a: 1 }, { a: { b: [{}] }, b: [], c: 'é' }]) {
    assert.equal(formatMembers(Object.entries(value)), formatJson(value))
  }
})

test('members that come one by one are printed like those of an object', async () => {
  for (const value of [{}, { '1': 'x' }, { '1': { a: 'é' }, '2': {}, b: [1, '<'] }]) {
    async function* members() {
      yield* Object.entries(value)
    }
    assert.equal((await Array.fromAsync(printMembers(members()))).join(''), formatJson(value))
    assert.equal((await Array.fromAsync(printXmlMembers(members()))).join(''), formatXml(value))
  }
})

test('keys that mean something to JavaScript are keys', () => {
  const hostile = JSON.parse('{"__proto__":{"polluted":true},"constructor":"x"}')
  assert.deepEqual(JSON.parse(formatJson(hostile)), hostile)
})

test('XML has elements for members and items, escaped, in order', () => {
  const value = { b: ['<&>', null], a: {}, '0010,0010': 'x', c: '\u0000\ud800', d: '' }
  assert.equal(
    formatXml(value),
    [
      '<?xml version="1.0" encoding="utf-8"?>',
      '<root>',
      '  <_0010_0010>x</_0010_0010>',
      '  <a />',
      '  <b>',
      '    <item>&lt;&amp;&gt;</item>',
      '    <item>null</item>',
      '  </b>',
      '  <c>\ufffd\ufffd</c>',
      '  <d />',
      '</root>',
      '',
    ].join('\n'),
  )
})
