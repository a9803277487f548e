import { formatChange } from '../../changes/describe-change.ts'
import { follow, type Stretch } from '../../changes/follow.ts'
import type { Happening } from '../../model/change.ts'
import { DomainError } from '../../model/domain-error.ts'
import { unsignedInteger, word } from '../arguments.ts'
import { withProgress } from '../progress-events.ts'
import type { ChangesRoom } from '../rooms.ts'
import { type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { type EventType, readEventTypes, readLevels } from './change-arguments.ts'

const eventStream = 'text/event-stream'

const query = {
  since: unsignedInteger('Sequence number after which to start; default: now'),
  type: word('Types of changes, separated by semicolons'),
  level: word('Levels, separated by semicolons'),
}

/** Milliseconds after which a client that lost its connection comes back, and the first sign of life. */
const opening = 'retry: 1000\n\n'

/** A comment. */
const heartbeat = ': still here\n\n'

/** Fields of "Server-sent events" in WHATWG HTML 9.2. */
const formatEvent = (change: Happening): string =>
  `id: ${change.sequence}\nevent: ${change.type}\ndata: ${formatChange(change)}\n\n`

/** Errors: `BadParameterType`. */
function readLastEventId(header: string | string[] | undefined): number | undefined {
  if (header === undefined || header === '') return undefined
  const text = String(header)
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new DomainError('BadParameterType', 'Last-Event-ID must be a sequence number')
}

/** Now, unless said otherwise. A number that was never given is one of another catalog: everything is new then. */
async function cursorOf(changes: ChangesRoom, wanted: number | undefined): Promise<number> {
  const { last } = await changes.happenings({ since: Number.MAX_SAFE_INTEGER, limit: 1 })
  if (wanted === undefined) return last
  return wanted > last ? 0 : wanted
}

/** Whether progress is among what somebody wants to hear of. */
const wantsProgress = (
  types: readonly EventType[] | undefined,
  levels: readonly Happening['level'][] | undefined,
) => (types?.includes('JobProgress') ?? true) && (levels?.includes('Job') ?? true)

const isInFeed = (type: EventType): type is Happening['type'] => type !== 'JobProgress'

async function* formatStretches(stretches: AsyncIterable<Stretch>): AsyncGenerator<string> {
  for await (const { happenings } of stretches) {
    yield happenings.length === 0 ? heartbeat : happenings.map(formatEvent).join('')
  }
}

export const eventRoutes = ({ changes, jobs, limits }: RouteContext): readonly Route[] => [
  route({
    method: 'GET',
    path: '/events',
    summary: 'What happens, as server-sent events; `Last-Event-ID` goes on where a client was',
    query,
    produces: [eventStream],
    handle: async ({ query: { since, type, level }, headers }) => {
      const types = type === undefined ? undefined : readEventTypes(type)
      const levels = level === undefined ? undefined : readLevels(level)
      const filter = { types: types?.filter(isInFeed), levels }
      const start = await cursorOf(changes, readLastEventId(headers['last-event-id']) ?? since)
      return {
        kind: 'stream',
        status: 200,
        contentType: eventStream,
        // Buffering proxies would hold back what happens until there is more of it.
        headers: { 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' },
        read: async function* (signal) {
          yield opening
          const stretches = follow(changes, {
            ...filter,
            since: start,
            pageSize: limits.eventPage,
            silence: limits.heartbeatSeconds * 1000,
            signal,
          })
          const texts = formatStretches(stretches)
          if (wantsProgress(types, levels)) yield* withProgress(texts, jobs, limits.eventPage)
          else yield* texts
        },
      }
    },
  }),
]
