import { DataSet } from '@kingsfoil/dicom'
import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level } from '../../model/level.ts'
import { moduleTags } from '../modules.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { createTagView, formats, ignoreLength } from '../tag-view.ts'
import { chosenFormat } from '../views/tag-format.ts'

export const moduleRoutes = (level: Level, context: RouteContext): readonly Route[] => [
  moduleRoute(`/${collectionOf[level]}/{id}/module`, level, level, context),
]

export const patientModuleRoute = (context: RouteContext): Route =>
  moduleRoute('/studies/{id}/module-patient', 'Study', 'Patient', context)

/** The attributes of `of` as one of the instances of a resource has them. */
function moduleRoute(
  path: `/${string}/{id}/${string}`,
  level: Level,
  of: Level,
  context: RouteContext,
): Route {
  const { resources } = context
  const view = createTagView(context)
  return route({
    method: 'GET',
    path,
    summary: `The tags that describe the ${of.toLowerCase()}, from one of its instances`,
    query: { ...formats, 'ignore-length': ignoreLength },
    ...producesJson,
    handle: async ({ params, query }) => {
      const instance = await resources.firstInstance(level, params.id)
      const header = instance === undefined ? undefined : await resources.header(instance)
      if (header === undefined) throw new DomainError('UnknownResource')
      return view(selectTags(header.dataSet, moduleTags[of]), chosenFormat(query, 'full'), query)
    },
  })
}

/** As if they were an item of the data set: character set and private creators are looked up outwards. */
const selectTags = (dataSet: DataSet, tags: ReadonlySet<number>): DataSet =>
  new DataSet(
    dataSet.encoding,
    [...dataSet].filter(({ tag }) => tags.has(tag)),
    dataSet,
  )
