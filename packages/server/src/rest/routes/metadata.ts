import { hash } from 'node:crypto'
import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level } from '../../model/level.ts'
import { isUserNumber, type Metadata } from '../../model/metadata.ts'
import { flag } from '../arguments.ts'
import { entityTag, readPrecondition, unlessKnown } from '../entity-tag.ts'
import { done, forbidden, json, notFound, type Reply, text } from '../reply.ts'
import { producesJson, producesText, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { MetadataNames, viewMetadata } from '../views/metadata-view.ts'

const md5Of = (value: string): string => hash('md5', value, 'hex')

export function metadataRoutes(level: Level, context: RouteContext): readonly Route[] {
  const { resources, userMetadata, system } = context
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
      handle: async ({ params: { id, name }, headers }) => {
        const metadata = await metadataOf(id)
        const number = numberOf(names, name)
        const value = metadata[number]
        if (value === undefined) return notFound
        const revision = await userMetadata.revision({ level, id, number })
        const tag = entityTag({ revision, md5: md5Of(value) })
        return unlessKnown(headers, tag, text(value, { ...tag }))
      },
    }),
    putRoute(`${path}/{name}`, level, names, context),
    deleteRoute(`${path}/{name}`, level, names, context),
  ]
}

/** Errors: `InexistentItem` for a name that nobody registered. */
function numberOf(names: MetadataNames, name: string): number {
  const number = names.parse(name)
  if (number === undefined) throw new DomainError('InexistentItem')
  return number
}

type MetadataPath = `/${string}/{id}/metadata/{name}`

const putRoute = (
  path: MetadataPath,
  level: Level,
  names: MetadataNames,
  { userMetadata, system }: RouteContext,
): Route =>
  route({
    method: 'PUT',
    path,
    summary: 'Sets a metadata of the kinds of users (1024 to 65535)',
    accepts: ['text/plain'],
    handle: async ({ params: { id, name }, headers, body }): Promise<Reply> => {
      const number = numberOf(names, name)
      if (!isUserNumber(number)) return forbidden
      const precondition = readPrecondition(headers, system.checkRevisions)
      const value = await body.readText()
      const revision = await userMetadata.set({ level, id, number }, value, precondition)
      return { ...done, headers: { ...entityTag({ revision, md5: md5Of(value) }) } }
    },
  })

const deleteRoute = (
  path: MetadataPath,
  level: Level,
  names: MetadataNames,
  { userMetadata, system }: RouteContext,
): Route =>
  route({
    method: 'DELETE',
    path,
    summary: 'Removes a metadata of the kinds of users',
    handle: async ({ params: { id, name }, headers }) => {
      const number = numberOf(names, name)
      if (!isUserNumber(number)) return forbidden
      const precondition = readPrecondition(headers, system.checkRevisions)
      await userMetadata.remove({ level, id, number }, precondition)
      return done
    },
  })
