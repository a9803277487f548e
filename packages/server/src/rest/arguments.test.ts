import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError } from '../model/domain-error.ts'
import { createArgumentParser, flag, parseBooleanText, unsignedInteger, word } from './arguments.ts'

const parse = createArgumentParser({ full: flag(''), since: unsignedInteger(''), filename: word('') })
const of = (query: string) => parse(new URLSearchParams(query))
const fails = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code

test('arguments are read by their kind, and unknown ones ignored', () => {
  assert.deepEqual(parse(undefined), {})
  assert.deepEqual(of('full&since=12&filename=a%0d%0ab&other=1'), {
    full: true,
    since: 12,
    filename: 'a\r\nb',
  })
  assert.deepEqual(of('full=0'), { full: false })
  assert.deepEqual(of('full=true&full=0'), { full: true })
})

test('what does not parse is a bad type', () => {
  for (const query of [
    'full=yes',
    'full=TRUE',
    'since=',
    'since=x',
    'since=-1',
    'since=1.5',
    'since=1e3',
    'since=9999999999999999999',
  ]) {
    assert.throws(() => of(query), fails('BadParameterType'), query)
  }
})

test('keys that mean something to JavaScript change nothing', () => {
  const parsed = of('__proto__=1&constructor=2&toString=3&__proto__[full]=1')
  assert.deepEqual(parsed, {})
  assert.equal(Object.getPrototypeOf(parsed), Object.prototype)
  assert.equal(({} as { full?: unknown }).full, undefined)
})

test('Boolean bodies', () => {
  assert.equal(parseBooleanText('1'), true)
  assert.equal(parseBooleanText(' false\n'), false)
  for (const text of ['', 'yes', '2', '[1]'])
    assert.throws(() => parseBooleanText(text), fails('BadFileFormat'))
})
