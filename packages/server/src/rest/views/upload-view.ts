import type { Received } from '../../ingest/ingest.ts'
import { resourcePath } from '../../model/level.ts'
import type { View } from '../route.ts'

export const viewReceived = ({ ids, status }: Received): View => ({
  ID: ids.instance,
  ParentPatient: ids.patient,
  ParentSeries: ids.series,
  ParentStudy: ids.study,
  Path: resourcePath('Instance', ids.instance),
  Status: status,
})
