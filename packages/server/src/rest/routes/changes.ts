import { flag, word } from '../arguments.ts'
import { done, json } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { viewChanges } from '../views/change-view.ts'
import { readChangeTypes } from './change-arguments.ts'

export const usualLimit = 100

/** Logs alone take their numbers for missing where they cannot be read. */
export const readNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

const query = {
  since: word('Sequence number after which to start; default 0'),
  limit: word('Largest number of changes; default 100'),
  last: flag('The newest change alone'),
  to: word('Last sequence number; without `since`, the newest changes up to it'),
  type: word('Types of changes, separated by semicolons'),
}

export const changeRoutes = ({ changes }: RouteContext): readonly Route[] => [
  route({
    method: 'GET',
    path: '/changes',
    summary: 'What happened, in order',
    query,
    ...producesJson,
    handle: async ({ query: { since, limit, last, to, type } }) => {
      if (last === true) return json(viewChanges(await changes.readLast()))
      const page = await changes.read({
        ...optional('since', readNumber(since)),
        ...optional('to', readNumber(to)),
        ...optional('types', type === undefined ? undefined : readChangeTypes(type)),
        limit: readNumber(limit) ?? usualLimit,
      })
      return json(viewChanges(page))
    },
  }),
  route({
    method: 'DELETE',
    path: '/changes',
    summary: 'Empties the log of changes',
    handle: async () => {
      await changes.clear()
      return done
    },
  }),
]

const optional = <Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]?: Value })
