import { DomainError } from '../../model/domain-error.ts'
import { type LogCategory, logCategories, type Verbosity, verbosities } from '../../model/verbosity.ts'
import { done, text } from '../reply.ts'
import { producesText, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'

/** Errors: `ParameterOutOfRange`. */
function parseVerbosity(body: string): Verbosity {
  const known = verbosities.find((verbosity) => verbosity === body.trim())
  if (known === undefined) {
    throw new DomainError('ParameterOutOfRange', 'Verbosity can be "default", "verbose" or "trace"')
  }
  return known
}

export const logLevelRoutes = (context: RouteContext): readonly Route[] => [
  ...levelRoutes('/tools/log-level', 'of everything', logCategories, context),
  ...logCategories.flatMap((category) =>
    levelRoutes(`/tools/log-level-${category}`, `of the category ${category}`, [category], context),
  ),
]

const levelRoutes = (
  path: `/tools/${string}`,
  scope: string,
  categories: readonly LogCategory[],
  { logLevels }: RouteContext,
): readonly Route[] => [
  route({
    method: 'GET',
    path,
    summary: `The verbosity ${scope}`,
    ...producesText,
    handle: () => text(logLevels.get(categories[0] ?? 'generic')),
  }),
  route({
    method: 'PUT',
    path,
    summary: `Sets the verbosity ${scope}, until the server stops`,
    accepts: ['text/plain'],
    stores: false,
    handle: async ({ body }) => {
      const verbosity = parseVerbosity(await body.readText())
      for (const category of categories) logLevels.set(category, verbosity)
      return done
    },
  }),
]
