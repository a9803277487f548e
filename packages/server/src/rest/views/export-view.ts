import type { Export, ExportPage } from '../../model/export.ts'
import { resourcePath } from '../../model/level.ts'
import type { View } from '../route.ts'

const viewExport = ({ identifiers, ...sent }: Export): View => ({
  Date: sent.date,
  ID: sent.resourceId,
  Path: resourcePath(sent.level, sent.resourceId),
  RemoteModality: sent.remote,
  ResourceType: sent.level,
  Seq: sent.sequence,
  ...named('PatientID', identifiers.patientId),
  ...named('StudyInstanceUID', identifiers.studyInstanceUid),
  ...named('SeriesInstanceUID', identifiers.seriesInstanceUid),
  ...named('SOPInstanceUID', identifiers.sopInstanceUid),
})

const named = (name: string, value: string | undefined): View =>
  value === undefined ? {} : { [name]: value }

export function viewExports({ exports, done, last }: ExportPage): View {
  const first = exports[0]
  return {
    Exports: exports.map(viewExport),
    Done: done,
    Last: last,
    ...(first !== undefined && { First: first.sequence }),
  }
}
