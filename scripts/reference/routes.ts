import type { RouteContext } from '../../packages/server/src/rest/route-context.ts'
import { createRoutes } from '../../packages/server/src/rest/routes/routes.ts'
import { cell, table } from './markdown.ts'

const introduction = `# Routes

What the REST API serves, in the terms of Orthanc's. \`GET /openapi.json\` has the same list with arguments and media
types. Everything else answers 404; a known path with another method, 405.
`

export function routeReference(): string {
  // The rooms behind the routes matter when a request comes, not for the list.
  const system = { readOnly: false, patientLevelEnabled: true, version: '', userMetadata: {} }
  const userContentTypes: RouteContext['userContentTypes'] = new Map()
  const routes = createRoutes({
    userInterface: undefined,
    userContentTypes,
    system,
    control: () => undefined,
  } as unknown as RouteContext)
  const rows = routes
    .map(({ method, path, summary }) => [`\`${path}\``, method, cell(summary)])
    .toSorted(([one = ''], [other = '']) => (one < other ? -1 : one > other ? 1 : 0))
  return [introduction, table(['Path', 'Method', 'What it does'], rows)].join('\n')
}
