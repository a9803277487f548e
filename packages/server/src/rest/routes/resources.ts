import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level } from '../../model/level.ts'
import type { ResourceDetails } from '../../resources/resources.ts'
import { flag, unsignedInteger } from '../arguments.ts'
import {
  contentArgument,
  type Presentation,
  Presenter,
  parsePresentation,
  presentationArguments,
} from '../presenter.ts'
import { formattedJson, json, notFound, type Reply } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { viewRemoval } from '../views/resource-view.ts'
import { chosenFormat } from '../views/tag-format.ts'

export const formatArguments = {
  full: flag('Tags by number, each with its name, type and value'),
  short: flag('Tags by number, each with its value'),
}

/** Of single resources and of relatives. */
export const detailArguments = { ...formatArguments, ...presentationArguments, ...contentArgument }

const listArguments = {
  since: unsignedInteger('Number of resources to leave out at the start; goes with `limit`'),
  limit: unsignedInteger('Largest number of resources, 0 = all; goes with `since`'),
  expand: flag('Objects instead of ids'),
  ...formatArguments,
  ...presentationArguments,
  ...contentArgument,
}

interface Page {
  readonly since: number
  readonly limit: number
}

/** Errors: `BadRequest` for one argument without the other. */
function pageOf({ since, limit }: { since?: number | undefined; limit?: number | undefined }): Page {
  if (since === undefined && limit === undefined) return { since: 0, limit: 0 }
  if (limit === undefined) throw new DomainError('BadRequest', 'Missing "limit" argument')
  if (since === undefined) throw new DomainError('BadRequest', 'Missing "since" argument')
  return { since, limit }
}

/** Lists, details and removal, which all four levels share. */
export function resourceRoutes(level: Level, context: RouteContext): readonly Route[] {
  const { resources, dictionary } = context
  const presenter = new Presenter(context)
  const answer = createAnswer(presenter)
  return [
    route({
      method: 'GET',
      path: `/${collectionOf[level]}`,
      summary: `The ${collectionOf[level]}, in order of arrival`,
      query: listArguments,
      ...producesJson,
      handle: async ({ query }) => {
        const presentation = parsePresentation(query, chosenFormat(query, 'simplified'), dictionary)
        const ids = await resources.list(level, pageOf(query))
        const isExpanded = query.expand === true || presentation.content !== undefined
        return json(isExpanded ? await presenter.presentIds(level, ids, presentation) : ids)
      },
    }),
    route({
      method: 'GET',
      path: `/${collectionOf[level]}/{id}`,
      summary: `One of the ${collectionOf[level]}`,
      query: detailArguments,
      ...producesJson,
      handle: async ({ params, query }) => {
        const presentation = parsePresentation(query, chosenFormat(query, 'simplified'), dictionary)
        const resource = await resources.get(level, params.id)
        return resource === undefined ? notFound : answer(resource, presentation)
      },
    }),
    route({
      method: 'DELETE',
      path: `/${collectionOf[level]}/{id}`,
      summary: `Removes one of the ${collectionOf[level]} with all below it, and ancestors that are left empty`,
      ...producesJson,
      handle: async ({ params }) => {
        const removal = await resources.remove(level, params.id)
        return removal === undefined ? notFound : json(viewRemoval(removal))
      },
    }),
  ]
}

/** Longer answers are made anew each time. */
const keptChildren = 1000

type Answer = (details: ResourceDetails, presentation: Presentation) => Promise<Reply>

/** Usual answers are kept as long as `resources` keeps the details that they were made from: until the next commit. */
function createAnswer(presenter: Presenter): Answer {
  const kept = new WeakMap<ResourceDetails, Reply>()
  return async (details, presentation) => {
    const { format, content, requestedTags } = presentation
    const isUsual = format === 'simplified' && content === undefined && requestedTags.length === 0
    const known = isUsual ? kept.get(details) : undefined
    if (known !== undefined) return known
    const view = await presenter.present(details, presentation)
    if (!isUsual || details.childIds.length > keptChildren) return json(view)
    const reply = formattedJson(view)
    kept.set(details, reply)
    return reply
  }
}
