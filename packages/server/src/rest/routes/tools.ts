import { type Clock, formatDate } from '../../model/clock.ts'
import { text } from '../reply.ts'
import { producesText, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'

/** A date of this machine's time zone, written as if it were UTC. */
function localTime(clock: Clock): number {
  const now = clock()
  return now - new Date(now).getTimezoneOffset() * 60_000
}

export const toolRoutes = ({ clock }: RouteContext): readonly Route[] => [
  route({
    method: 'GET',
    path: '/tools/now',
    summary: 'The time in UTC, YYYYMMDDTHHMMSS',
    ...producesText,
    handle: () => text(formatDate(clock())),
  }),
  route({
    method: 'GET',
    path: '/tools/now-local',
    summary: 'The time in the zone of the server, YYYYMMDDTHHMMSS',
    ...producesText,
    handle: () => text(formatDate(localTime(clock))),
  }),
]
