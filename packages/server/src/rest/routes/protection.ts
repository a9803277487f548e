import { DomainError } from '../../model/domain-error.ts'
import { parseBooleanText } from '../arguments.ts'
import { done, text } from '../reply.ts'
import { producesText, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'

const path = '/patients/{id}/protected'

export const protectionRoutes = ({ resources }: RouteContext): readonly Route[] => [
  route({
    method: 'GET',
    path,
    summary: 'Whether the patient is safe from recycling: 0 or 1',
    ...producesText,
    handle: async ({ params }) => {
      const patient = await resources.get('Patient', params.id)
      if (patient === undefined) throw new DomainError('ParameterOutOfRange')
      return text(patient.isProtected ? '1' : '0')
    },
  }),
  route({
    method: 'PUT',
    path,
    summary: 'Protects the patient from recycling (1), or no longer (0)',
    accepts: ['text/plain'],
    handle: async ({ params, body }) => {
      const value = parseBooleanText(await body.readText())
      if (!(await resources.setProtected(params.id, value))) throw new DomainError('ParameterOutOfRange')
      return done
    },
  }),
]
