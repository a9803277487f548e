import { hash } from 'node:crypto'
import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level } from '../../model/level.ts'
import type { Metadata } from '../../model/metadata.ts'
import { flag } from '../arguments.ts'
import { entityTag, unlessKnown } from '../content-reply.ts'
import { json, notFound, text } from '../reply.ts'
import { producesJson, producesText, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { MetadataNames, viewMetadata } from '../views/metadata-view.ts'

export function metadataRoutes(level: Level, { resources, system }: RouteContext): readonly Route[] {
  const names = new MetadataNames(system.userMetadata)
  const path = `/${collectionOf[level]}/{id}/metadata` as const
  const metadataOf = async (id: string): Promise<Metadata> => {
    const resource = await resources.get(level, id)
    if (resource === undefined) throw new DomainError('UnknownResource')
    return resource.metadata
  }
  return [
    route({
      method: 'GET',
      path,
      summary: `The metadata of one of the ${collectionOf[level]}`,
      query: { expand: flag('With their values'), numeric: flag('By number instead of name') },
      ...producesJson,
      handle: async ({ params, query }) => json(viewMetadata(await metadataOf(params.id), query, names)),
    }),
    route({
      method: 'GET',
      path: `${path}/{name}`,
      summary: 'The value of one metadata, by its name or number',
      ...producesText,
      handle: async ({ params, headers }) => {
        const metadata = await metadataOf(params.id)
        const number = names.parse(params.name)
        if (number === undefined) throw new DomainError('InexistentItem')
        const value = metadata[number]
        if (value === undefined) return notFound
        const tag = entityTag(hash('md5', value, 'hex'))
        return unlessKnown(headers, tag, text(value, tag))
      },
    }),
  ]
}
