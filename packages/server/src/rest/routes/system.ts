import { json, redirect } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { viewStatistics } from '../views/statistics-view.ts'
import { viewSystem } from '../views/system-view.ts'

export const systemRoutes = ({ system, resources, userInterface }: RouteContext): readonly Route[] => [
  route({
    method: 'GET',
    path: '/system',
    summary: 'What this server is and how it is configured',
    ...producesJson,
    handle: () => json(viewSystem(system)),
  }),
  route({
    method: 'GET',
    path: '/statistics',
    summary: 'Counts and sizes of all that is stored',
    ...producesJson,
    handle: async () => json(viewStatistics(await resources.statistics())),
  }),
  ...(userInterface === undefined ? [] : [homeRoute(userInterface)]),
]

const homeRoute = (userInterface: string): Route =>
  route({
    method: 'GET',
    path: '/',
    summary: 'Leads to the user interface',
    handle: () => redirect(userInterface),
  })
