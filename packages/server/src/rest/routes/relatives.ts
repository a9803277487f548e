import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level, levels } from '../../model/level.ts'
import { flag } from '../arguments.ts'
import { json } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { viewResource } from '../views/resource-view.ts'
import { chosenFormat } from '../views/tag-format.ts'
import { formatArguments } from './resources.ts'

const below = (level: Level): readonly Level[] => levels.slice(levels.indexOf(level) + 1)

const above = (level: Level): readonly Level[] => levels.slice(0, levels.indexOf(level))

/** The way from a resource to those above and below it. */
export const relativeRoutes = (level: Level, context: RouteContext): readonly Route[] => [
  ...below(level).map((of) => descendantsRoute(level, of, context)),
  ...above(level).map((of) => ancestorRoute(level, of, context)),
]

const descendantsRoute = (level: Level, of: Level, { resources, dictionary }: RouteContext): Route =>
  route({
    method: 'GET',
    path: `/${collectionOf[level]}/{id}/${collectionOf[of]}`,
    summary: `The ${collectionOf[of]} of one of the ${collectionOf[level]}`,
    query: { expand: flag('Objects instead of ids; the default'), ...formatArguments },
    ...producesJson,
    handle: async ({ params, query }) => {
      const ids = await resources.descendants(level, params.id, of)
      if (ids === undefined) throw new DomainError('UnknownResource')
      if (query.expand === false) return json(ids)
      const format = chosenFormat(query, 'simplified')
      const found = await resources.getMany(of, ids)
      return json(found.map((resource) => viewResource(resource, format, dictionary)))
    },
  })

const ancestorRoute = (level: Level, of: Level, { resources, dictionary }: RouteContext): Route =>
  route({
    method: 'GET',
    path: `/${collectionOf[level]}/{id}/${of.toLowerCase()}`,
    summary: `The ${of.toLowerCase()} of one of the ${collectionOf[level]}`,
    query: formatArguments,
    ...producesJson,
    handle: async ({ params, query }) => {
      const ancestorId = await resources.ancestor(level, params.id, of)
      const ancestor = ancestorId === undefined ? undefined : await resources.get(of, ancestorId)
      if (ancestor === undefined) throw new DomainError('UnknownResource')
      return json(viewResource(ancestor, chosenFormat(query, 'simplified'), dictionary))
    },
  })
