import { acknowledged } from '../reply.ts'
import { type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'

/** Only where somebody can start the server again, or end the process. */
export function controlRoutes({ control }: RouteContext): readonly Route[] {
  if (control === undefined) return []
  const tell = (wish: 'reset' | 'shutdown', summary: string): Route =>
    route({
      method: 'POST',
      path: `/tools/${wish}`,
      summary,
      produces: ['application/json'],
      stores: false,
      handle: () => {
        control(wish)
        return acknowledged
      },
    })
  return [
    tell('reset', 'Stops the server, and starts it again with its configuration read anew'),
    tell('shutdown', 'Stops the server, once what is under way is done'),
  ]
}
