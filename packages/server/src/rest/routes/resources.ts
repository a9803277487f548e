import type { Dictionary } from '@kingsfoil/dicom'
import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level } from '../../model/level.ts'
import type { ResourceDetails } from '../../resources/resources.ts'
import { flag, unsignedInteger } from '../arguments.ts'
import { formattedJson, json, notFound, type Reply } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { viewRemoval, viewResource } from '../views/resource-view.ts'
import { chosenFormat, type TagFormat } from '../views/tag-format.ts'

export const formatArguments = {
  full: flag('Tags by number, each with its name, type and value'),
  short: flag('Tags by number, each with its value'),
}

const listArguments = {
  since: unsignedInteger('Number of resources to leave out at the start; goes with `limit`'),
  limit: unsignedInteger('Largest number of resources, 0 = all; goes with `since`'),
  expand: flag('Objects instead of ids'),
  ...formatArguments,
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
export function resourceRoutes(level: Level, { resources, dictionary }: RouteContext): readonly Route[] {
  const answer = createAnswer(dictionary)
  return [
    route({
      method: 'GET',
      path: `/${collectionOf[level]}`,
      summary: `The ${collectionOf[level]}, in order of arrival`,
      query: listArguments,
      ...producesJson,
      handle: async ({ query }) => {
        const ids = await resources.list(level, pageOf(query))
        if (query.expand !== true) return json(ids)
        const format = chosenFormat(query, 'simplified')
        const found = await resources.getMany(level, ids)
        return json(found.map((resource) => viewResource(resource, format, dictionary)))
      },
    }),
    route({
      method: 'GET',
      path: `/${collectionOf[level]}/{id}`,
      summary: `One of the ${collectionOf[level]}`,
      query: formatArguments,
      ...producesJson,
      handle: async ({ params, query }) => {
        const resource = await resources.get(level, params.id)
        if (resource === undefined) return notFound
        return answer(resource, chosenFormat(query, 'simplified'))
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

/** Answers in the usual format are kept as long as `resources` keeps the details that they were made from. */
function createAnswer(dictionary: Dictionary): (details: ResourceDetails, format: TagFormat) => Reply {
  const kept = new WeakMap<ResourceDetails, Reply>()
  return (details, format) => {
    const known = format === 'simplified' ? kept.get(details) : undefined
    if (known !== undefined) return known
    const view = viewResource(details, format, dictionary)
    if (format !== 'simplified' || details.childIds.length > keptChildren) return json(view)
    const reply = formattedJson(view)
    kept.set(details, reply)
    return reply
  }
}
