import { DomainError } from '../../model/domain-error.ts'
import { type EncodingName, encodingNames } from '../../model/encodings.ts'
import { text } from '../reply.ts'
import { producesText, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'

/** Letter case does not count. Errors: `ParameterOutOfRange`. */
function parseEncoding(body: string): EncodingName {
  const known = encodingNames.find((name) => name.toUpperCase() === body.toUpperCase())
  if (known === undefined) {
    throw new DomainError('ParameterOutOfRange', `An encoding is one of ${encodingNames.join(', ')}`)
  }
  return known
}

export const defaultEncodingRoutes = ({ encoding }: RouteContext): readonly Route[] => [
  route({
    method: 'GET',
    path: '/tools/default-encoding',
    summary: 'How text is read in data sets that do not name their character set',
    ...producesText,
    handle: () => text(encoding.name),
  }),
  route({
    method: 'PUT',
    path: '/tools/default-encoding',
    summary: 'Sets that, by the names of the option `DefaultEncoding`, until the server stops',
    accepts: ['text/plain'],
    stores: false,
    ...producesText,
    handle: async ({ body }) => {
      encoding.use(parseEncoding(await body.readText()))
      return text(encoding.name)
    },
  }),
]
