import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from './server.fixture.ts'

interface Operation {
  readonly operationId: string
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly responses: { readonly [status: string]: { readonly content?: object } }
}

test('every route is described, with its parameters, under a name of its own', async () => {
  await using server = await startServer()
  const answer = await fetch(`${server.url}/openapi.json`)
  const document = (await answer.json()) as {
    readonly openapi: string
    readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
  }
  assert.equal(document.openapi, '3.1.0')
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
  const served = server.server.routes.filter(({ path }) => path !== '/openapi.json')
  assert.equal(operations.length, served.length)
  assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, served.length)
  for (const { path, operation } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const described = operation.parameters.filter((one) => one.in === 'path').map(({ name }) => name)
    assert.deepEqual(described, named, path)
  }
})

test('arguments and media types are those of the route', async () => {
  await using server = await startServer()
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
  }
  const list = paths['/instances']?.get
  assert.deepEqual(list?.parameters[0], {
    name: 'since',
    in: 'query',
    required: false,
    description: 'Number of resources to leave out at the start; goes with `limit`',
    schema: { type: 'integer', minimum: 0 },
  })
  const file = paths['/instances/{id}/file']?.get
  assert.ok('application/dicom+json' in (file?.responses['200']?.content ?? {}))
  assert.ok(paths['/instances/{id}/content/{path}'] !== undefined)
})
