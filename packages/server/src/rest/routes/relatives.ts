import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level, levels } from '../../model/level.ts'
import { flag } from '../arguments.ts'
import { Presenter, parsePresentation } from '../presenter.ts'
import { json } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { chosenFormat } from '../views/tag-format.ts'
import { detailArguments } from './resources.ts'

const below = (level: Level): readonly Level[] => levels.slice(levels.indexOf(level) + 1)

const above = (level: Level): readonly Level[] => levels.slice(0, levels.indexOf(level))

/** The way from a resource to those above and below it. */
export function relativeRoutes(level: Level, context: RouteContext): readonly Route[] {
  const presenter = new Presenter(context)
  return [
    ...below(level).map((of) => descendantsRoute(level, of, context, presenter)),
    ...above(level).map((of) => ancestorRoute(level, of, context, presenter)),
  ]
}

const descendantsRoute = (
  level: Level,
  of: Level,
  { resources, dictionary }: RouteContext,
  presenter: Presenter,
): Route =>
  route({
    method: 'GET',
    path: `/${collectionOf[level]}/{id}/${collectionOf[of]}`,
    summary: `The ${collectionOf[of]} of one of the ${collectionOf[level]}`,
    query: { expand: flag('Objects instead of ids; the default'), ...detailArguments },
    ...producesJson,
    handle: async ({ params, query }) => {
      const presentation = parsePresentation(query, chosenFormat(query, 'simplified'), dictionary)
      const ids = await resources.descendants(level, params.id, of)
      if (ids === undefined) throw new DomainError('UnknownResource')
      return json(query.expand === false ? ids : await presenter.presentIds(of, ids, presentation))
    },
  })

const ancestorRoute = (
  level: Level,
  of: Level,
  { resources, dictionary }: RouteContext,
  presenter: Presenter,
): Route =>
  route({
    method: 'GET',
    path: `/${collectionOf[level]}/{id}/${of.toLowerCase()}`,
    summary: `The ${of.toLowerCase()} of one of the ${collectionOf[level]}`,
    query: detailArguments,
    ...producesJson,
    handle: async ({ params, query }) => {
      const presentation = parsePresentation(query, chosenFormat(query, 'simplified'), dictionary)
      const ancestorId = await resources.ancestor(level, params.id, of)
      const ancestor = ancestorId === undefined ? undefined : await resources.get(of, ancestorId)
      if (ancestor === undefined) throw new DomainError('UnknownResource')
      return json(await presenter.present(ancestor, presentation))
    },
  })
