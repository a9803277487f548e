import assert from 'node:assert/strict'
import { test } from 'node:test'
import { notFound } from './reply.ts'
import { route } from './route.ts'
import { buildUriTree } from './uri-tree.ts'

const at = <const Path extends string>(path: Path, method: 'GET' | 'POST' = 'GET') =>
  route({ method, path, summary: '', handle: () => notFound })

test('every template and every one above it knows its children', () => {
  const nodes = buildUriTree([at('/b/{id}/x'), at('/a'), at('/b/{id}/y/{*}'), at('/b', 'POST'), at('/b')])
  const byTemplate = Object.fromEntries(nodes.map(({ template, children }) => [template, children]))
  assert.deepEqual(byTemplate, {
    '/': ['a', 'b'],
    '/a': [],
    '/b': [],
    '/b/{id}': ['x', 'y'],
    '/b/{id}/x': [],
    '/b/{id}/y': [],
    '/b/{id}/y/{*}': [],
  })
  assert.deepEqual(
    [...(nodes.find(({ template }) => template === '/b')?.routes.keys() ?? [])],
    ['POST', 'GET'],
  )
})

test('two routes of a kind are a mistake', () => {
  assert.throws(() => buildUriTree([at('/a'), at('/a')]), /two routes for GET \/a/)
})
