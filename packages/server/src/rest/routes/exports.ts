import { flag, word } from '../arguments.ts'
import { done, json } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { viewExports } from '../views/export-view.ts'
import { readNumber, usualLimit } from './changes.ts'

export const exportRoutes = ({ exports }: RouteContext): readonly Route[] => [
  route({
    method: 'GET',
    path: '/exports',
    summary: 'What was sent to others, in order',
    query: {
      since: word('Sequence number after which to start; default 0'),
      limit: word('Largest number of rows; default 100'),
      last: flag('The newest row alone'),
    },
    ...producesJson,
    handle: async ({ query: { since, limit, last } }) => {
      if (last === true) return json(viewExports(await exports.readLast()))
      return json(viewExports(await exports.read(readNumber(since) ?? 0, readNumber(limit) ?? usualLimit)))
    },
  }),
  route({
    method: 'DELETE',
    path: '/exports',
    summary: 'Empties the log of exports',
    handle: async () => {
      await exports.clear()
      return done
    },
  }),
]
