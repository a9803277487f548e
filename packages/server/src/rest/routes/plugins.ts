import { json, notFound, text } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'

const explorer = 'explorer.js'

/** There are no plugins: the list has the script that those of Orthanc add to its user interface, which is empty. */
export const pluginRoutes = (): readonly Route[] => [
  route({
    method: 'GET',
    path: '/plugins',
    summary: 'The plugins: none but the script that they would extend the user interface with',
    ...producesJson,
    handle: () => json([explorer]),
  }),
  route({
    method: 'GET',
    path: '/plugins/explorer.js',
    summary: 'What plugins add to the user interface: nothing',
    produces: ['application/javascript'],
    handle: () =>
      text(
        '// Extensions to Orthanc Explorer by the registered plugins\n\n',
        undefined,
        'application/javascript',
      ),
  }),
  route({
    method: 'GET',
    path: '/plugins/{id}',
    summary: 'One of the plugins',
    ...producesJson,
    handle: () => notFound,
  }),
]
