import type { TSchema } from 'typebox'
import type { JsonValue } from '../model/json-value.ts'
import type { Route, View } from './route.ts'

/** The OpenAPI 3.1 document of the routes. */
export function describeApi(routes: readonly Route[], version: string): View {
  const paths: Record<string, Record<string, JsonValue>> = {}
  for (const one of routes) {
    const path = pathOf(one)
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: describeOperation(one) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Kingsfoil', description: "A DICOM server with Orthanc's REST API.", version },
    paths,
  }
}

/** OpenAPI has no parameter for several segments; `{*}` becomes one with a name. */
const parameterName = (name: string): string => (name === '*' ? 'path' : name)

const pathOf = ({ path }: Route): string => path.replace('{*}', `{${parameterName('*')}}`)

function describeOperation(one: Route): View {
  const names = [...one.path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => parameterName(name))
  return {
    operationId: operationId(one),
    summary: one.summary,
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...Object.entries(one.query).map(([name, schema]) => describeArgument(name, schema)),
    ],
    ...(one.accepts.length > 0 && { requestBody: { content: describeMedia(one.accepts) } }),
    responses: {
      200: {
        description: one.summary,
        ...(one.produces.length > 0 && { content: describeMedia(one.produces) }),
      },
      default: { description: 'The request failed', content: describeMedia(['text/plain']) },
    },
  }
}

/** Unique, as paths are; a parameter says what it is one of. */
function operationId({ method, path }: Route): string {
  const words = path.replace('*', parameterName('*')).match(/[A-Za-z0-9]+/g) ?? []
  return [method.toLowerCase(), ...words].join('-')
}

function describeArgument(name: string, schema: TSchema): View {
  const { description, ...rest } = JSON.parse(JSON.stringify(schema)) as Record<string, JsonValue>
  return {
    name,
    in: 'query',
    required: false,
    ...(description !== undefined && { description }),
    // `?name` alone is true.
    ...(rest.type === 'boolean' && { allowEmptyValue: true }),
    schema: rest,
  }
}

const describeMedia = (types: readonly string[]): View => Object.fromEntries(types.map((type) => [type, {}]))
