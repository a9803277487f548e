import { unsignedInteger } from '../arguments.ts'
import { json, notFound } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { viewDeliveries, viewWebhook } from '../views/webhook-view.ts'

const usualLimit = 100

export const webhookRoutes = ({ webhooks, deliveries, limits }: RouteContext): readonly Route[] => [
  route({
    method: 'GET',
    path: '/webhooks',
    summary: 'Names of the webhooks',
    ...producesJson,
    handle: () => json([...webhooks.keys()].toSorted()),
  }),
  route({
    method: 'GET',
    path: '/webhooks/{name}',
    summary: 'How a webhook is configured, how far it is, and what failed last',
    ...producesJson,
    handle: async ({ params: { name } }) => {
      const hook = webhooks.get(name)
      return hook === undefined ? notFound : json(viewWebhook(hook, await deliveries.state(name)))
    },
  }),
  route({
    method: 'GET',
    path: '/webhooks/{name}/deliveries',
    summary: 'Attempts to deliver changes, oldest first',
    query: {
      since: unsignedInteger('Number of the attempt after which to start; default 0'),
      limit: unsignedInteger('Largest number of attempts; default 100'),
    },
    ...producesJson,
    handle: async ({ params: { name }, query: { since = 0, limit = usualLimit } }) => {
      if (!webhooks.has(name)) return notFound
      return json(viewDeliveries(await deliveries.list(name, since, Math.min(limit, limits.listedRows))))
    },
  }),
]
