import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level, levels } from '../../model/level.ts'
import { limits } from '../../model/limits.ts'
import { type Members, parseJsonObject, readBoolean } from '../body/json-body.ts'
import type { RequestBody } from '../body/request-body.ts'
import { done } from '../reply.ts'
import { type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'

/** Reading main tags again from the files. */
export const reconstructRoutes = (context: RouteContext): readonly Route[] => [
  ...levels.map((level) => reconstructRoute(level, context)),
  route({
    method: 'POST',
    path: '/tools/reconstruct',
    summary: 'Reads the main tags of everything again',
    accepts: ['application/json'],
    handle: async ({ body }) => {
      await readOptions(body)
      await context.reconstruct.all()
      return done
    },
  }),
]

const reconstructRoute = (level: Level, { reconstruct }: RouteContext): Route =>
  route({
    method: 'POST',
    path: `/${collectionOf[level]}/{id}/reconstruct`,
    summary: `Reads the main tags of one of the ${collectionOf[level]}, and of all around it, again`,
    accepts: ['application/json'],
    handle: async ({ params, body }) => {
      const members = await readOptions(body)
      const thisLevelOnly = readBoolean(members, 'LimitToThisLevelMainDicomTags', false)
      const isKnown = await reconstruct.one(level, params.id, { thisLevelOnly })
      if (!isKnown) throw new DomainError('UnknownResource')
      return done
    },
  })

/** None is as good as an empty object. Files are stored as they came, so `ReconstructFiles` has nothing to do. */
async function readOptions(body: RequestBody): Promise<Members> {
  const text = await body.readText(limits.jsonBodyBytes)
  const members: Members = text.trim() === '' ? new Map() : parseJsonObject(text)
  readBoolean(members, 'ReconstructFiles', false)
  return members
}
