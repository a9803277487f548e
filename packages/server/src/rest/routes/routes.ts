import { levels } from '../../model/level.ts'
import { describeApi } from '../openapi.ts'
import { json } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { acceptanceRoutes } from './acceptance.ts'
import { archiveRoutes, batchArchiveRoutes } from './archives.ts'
import { attachmentRoutes } from './attachments.ts'
import { bulkRoutes } from './bulk.ts'
import { changeRoutes } from './changes.ts'
import { contentRoutes } from './content.ts'
import { controlRoutes } from './control.ts'
import { defaultEncodingRoutes } from './default-encoding.ts'
import { eventRoutes } from './events.ts'
import { exportRoutes } from './exports.ts'
import { fileRoutes } from './file.ts'
import { jobRoutes } from './jobs.ts'
import { allLabelsRoute, labelRoutes } from './labels.ts'
import { logLevelRoutes } from './log-levels.ts'
import { manyTagsRoutes } from './many-tags.ts'
import { metadataRoutes } from './metadata.ts'
import { modalityRoutes } from './modalities.ts'
import { moduleRoutes, patientModuleRoute } from './modules.ts'
import { orderedSlicesRoute } from './ordered-slices.ts'
import { pluginRoutes } from './plugins.ts'
import { protectionRoutes } from './protection.ts'
import { reconstructRoutes } from './reconstruct.ts'
import { relativeRoutes } from './relatives.ts'
import { resourceStatisticsRoute } from './resource-statistics.ts'
import { resourceRoutes } from './resources.ts'
import { searchRoutes } from './search.ts'
import { systemRoutes } from './system.ts'
import { tagRoutes } from './tags.ts'
import { toolRoutes } from './tools.ts'
import { uploadRoutes } from './upload.ts'
import { webhookRoutes } from './webhooks.ts'

/** The whole API as one array: it is served, documented and tested from here. */
export function createRoutes(context: RouteContext): readonly Route[] {
  const { readOnly, patientLevelEnabled } = context.system
  const routes = [
    ...systemRoutes(context),
    ...changeRoutes(context),
    ...eventRoutes(context),
    ...exportRoutes(context),
    ...jobRoutes(context),
    ...pluginRoutes(),
    ...levels.flatMap((level) => [
      ...resourceRoutes(level, context),
      ...relativeRoutes(level, context),
      ...metadataRoutes(level, context),
      ...labelRoutes(level, context),
      ...attachmentRoutes(level, context),
      ...moduleRoutes(level, context),
      ...manyTagsRoutes(level, context),
      resourceStatisticsRoute(level, context),
    ]),
    ...(['Patient', 'Study', 'Series'] as const).flatMap((level) => archiveRoutes(level, context)),
    ...batchArchiveRoutes(context),
    ...uploadRoutes(context),
    ...tagRoutes(context),
    ...contentRoutes(context),
    ...fileRoutes(context),
    patientModuleRoute(context),
    orderedSlicesRoute(context),
    ...protectionRoutes(context),
    ...toolRoutes(context),
    ...controlRoutes(context),
    ...acceptanceRoutes(context),
    ...defaultEncodingRoutes(context),
    ...logLevelRoutes(context),
    ...searchRoutes(context),
    ...bulkRoutes(context),
    ...reconstructRoutes(context),
    allLabelsRoute(context),
    ...webhookRoutes(context),
    ...modalityRoutes(context),
  ].filter(
    ({ path, stores }) => !(readOnly && stores) && (patientLevelEnabled || !path.startsWith('/patients')),
  )
  return [...routes, descriptionRoute(routes, context)]
}

function descriptionRoute(routes: readonly Route[], { system }: RouteContext): Route {
  const description = describeApi(routes, system.version)
  return route({
    method: 'GET',
    path: '/openapi.json',
    summary: 'This API, described in OpenAPI 3.1',
    ...producesJson,
    handle: () => json(description),
  })
}
