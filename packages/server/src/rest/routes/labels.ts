import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level } from '../../model/level.ts'
import { done, json, notFound } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'

/** Labels of resources of one level. */
export function labelRoutes(level: Level, { labels }: RouteContext): readonly Route[] {
  const list = `/${collectionOf[level]}/{id}/labels` as const
  const one = `${list}/{label}` as const
  const labelsOf = async (id: string): Promise<readonly string[]> => {
    const found = await labels.list(level, id)
    if (found === undefined) throw new DomainError('UnknownResource')
    return found
  }
  const orUnknown = (isKnown: boolean) => {
    if (!isKnown) throw new DomainError('UnknownResource')
    return done
  }
  return [
    route({
      method: 'GET',
      path: list,
      summary: `The labels of one of the ${collectionOf[level]}`,
      ...producesJson,
      handle: async ({ params }) => json(await labelsOf(params.id)),
    }),
    route({
      method: 'GET',
      path: one,
      summary: 'Whether the resource has the label: 200, or 404',
      handle: async ({ params }) => ((await labelsOf(params.id)).includes(params.label) ? done : notFound),
    }),
    route({
      method: 'PUT',
      path: one,
      summary: 'Puts a label on the resource',
      handle: async ({ params }) => orUnknown(await labels.add(level, params.id, params.label)),
    }),
    route({
      method: 'DELETE',
      path: one,
      summary: 'Takes a label off the resource',
      handle: async ({ params }) => orUnknown(await labels.remove(level, params.id, params.label)),
    }),
  ]
}

export const allLabelsRoute = ({ labels }: RouteContext): Route =>
  route({
    method: 'GET',
    path: '/tools/labels',
    summary: 'The labels of all resources',
    ...producesJson,
    handle: async () => json(await labels.listAll()),
  })
