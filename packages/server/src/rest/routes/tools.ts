import { randomUUID } from 'node:crypto'
import { newUid } from '@kingsfoil/dicom'
import { type Clock, formatDate } from '../../model/clock.ts'
import { word } from '../arguments.ts'
import { done, notFound, text } from '../reply.ts'
import { producesText, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'

/** A date of this machine's time zone, written as if it were UTC. */
function localTime(clock: Clock): number {
  const now = clock()
  return now - new Date(now).getTimezoneOffset() * 60_000
}

export const toolRoutes = ({ clock, resources }: RouteContext): readonly Route[] => [
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
  route({
    method: 'GET',
    path: '/tools/generate-uid',
    summary: 'A new UID (PS3.5 B.2), or for a patient a UUID',
    query: { level: word('patient, study, series or instance') },
    ...producesText,
    handle: ({ query: { level = '' } }) => {
      if (level === 'patient') return text(randomUUID())
      return ['study', 'series', 'instance'].includes(level) ? text(newUid()) : notFound
    },
  }),
  route({
    method: 'POST',
    path: '/tools/invalidate-tags',
    summary: 'Forgets what was read from files: it is read again',
    stores: false,
    handle: () => {
      resources.forgetHeaders()
      return done
    },
  }),
]
