import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effectiveMethod, normalizeTarget, pathOf, queryOf } from './request-target.ts'

test('slashes that say nothing are dropped from the path, and only there', () => {
  for (const [from, to] of [
    ['/', '/'],
    ['//', '/'],
    ['/system/', '/system'],
    ['//instances///x/file//', '/instances/x/file'],
    ['/a/?b=//c/', '/a?b=//c/'],
    ['/a?b=/', '/a?b=/'],
    ['/a/../b', '/a/../b'],
  ] as const) {
    assert.equal(normalizeTarget(from), to)
  }
  assert.equal(pathOf('/a?b'), '/a')
  assert.equal(queryOf('/a'), undefined)
  assert.equal(queryOf('/a?'), undefined)
  assert.equal(queryOf('/a?b=%20')?.get('b'), ' ')
})

test('a method can be said in other ways', () => {
  assert.equal(effectiveMethod('GET', '/a', undefined), 'GET')
  assert.equal(effectiveMethod('GET', '/a?_method=DELETE', undefined), 'DELETE')
  assert.equal(effectiveMethod('GET', '/a?_method=put', undefined), 'PUT')
  assert.equal(effectiveMethod('GET', '/a?_method=FOO', undefined), undefined)
  assert.equal(effectiveMethod('GET', '/a', 'DELETE'), 'GET')
  assert.equal(effectiveMethod('POST', '/a', 'DELETE'), 'DELETE')
  assert.equal(effectiveMethod('POST', '/a', 'GET'), undefined)
  assert.equal(effectiveMethod('POST', '/a?_method=DELETE', undefined), 'POST')
  assert.equal(effectiveMethod('PATCH', '/a', undefined), undefined)
  assert.equal(effectiveMethod('HEAD', '/a', undefined), undefined)
})
