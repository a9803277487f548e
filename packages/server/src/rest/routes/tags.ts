import type { Part10File } from '@kingsfoil/dicom'
import { DomainError } from '../../model/domain-error.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { createTagView, formats, ignoreLength, whole } from '../tag-view.ts'
import { chosenFormat } from '../views/tag-format.ts'

export function tagRoutes(context: RouteContext): readonly Route[] {
  const { resources } = context
  const view = createTagView(context)
  const header = async (id: string, all: boolean | undefined): Promise<Part10File> => {
    const found = await resources.header(id, { whole: all === true })
    if (found === undefined) throw new DomainError('UnknownResource')
    return found
  }
  return [
    route({
      method: 'GET',
      path: '/instances/{id}/tags',
      summary: 'The tags of an instance',
      query: { ...formats, 'ignore-length': ignoreLength, whole },
      ...producesJson,
      handle: async ({ params, query }) => {
        const { dataSet } = await header(params.id, query.whole)
        return view(dataSet, chosenFormat(query, 'full'), query)
      },
    }),
    route({
      method: 'GET',
      path: '/instances/{id}/simplified-tags',
      summary: 'The tags of an instance, by name',
      query: { 'ignore-length': ignoreLength, whole },
      ...producesJson,
      handle: async ({ params, query }) => {
        const { dataSet } = await header(params.id, query.whole)
        return view(dataSet, 'simplified', query)
      },
    }),
    route({
      method: 'GET',
      path: '/instances/{id}/header',
      summary: 'The file meta information of an instance (PS3.10 7.1)',
      query: formats,
      ...producesJson,
      handle: async ({ params, query }) => {
        const { fileMeta } = await header(params.id, false)
        return view(fileMeta, chosenFormat(query, 'full'), {})
      },
    }),
  ]
}
