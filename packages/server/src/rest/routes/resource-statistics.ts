import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level } from '../../model/level.ts'
import { json } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { viewResourceStatistics } from '../views/statistics-view.ts'

export const resourceStatisticsRoute = (level: Level, { resources }: RouteContext): Route =>
  route({
    method: 'GET',
    path: `/${collectionOf[level]}/{id}/statistics`,
    summary: `Counts and sizes of one of the ${collectionOf[level]} and all below it`,
    ...producesJson,
    handle: async ({ params }) => {
      const statistics = await resources.resourceStatistics(level, params.id)
      if (statistics === undefined) throw new DomainError('UnknownResource')
      return json(viewResourceStatistics(level, statistics))
    },
  })
