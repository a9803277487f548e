import type { Modality, ModalityRequest } from '../../model/modality.ts'
import type { View } from '../route.ts'

const allowedNames = {
  Echo: 'AllowEcho',
  Find: 'AllowFind',
  FindWorklist: 'AllowFindWorklist',
  Get: 'AllowGet',
  Move: 'AllowMove',
  Store: 'AllowStore',
  NAction: 'AllowNAction',
  NEventReport: 'AllowEventReport',
} as const satisfies Readonly<Record<ModalityRequest, string>>

export const viewModality = (modality: Modality): View => ({
  AET: modality.aeTitle,
  ...Object.fromEntries(
    Object.entries(allowedNames).map(([request, name]) => [
      name,
      modality.allowed.has(request as ModalityRequest),
    ]),
  ),
  AllowTranscoding: modality.allowTranscoding,
  Host: modality.host,
  LocalAet: modality.localAeTitle,
  Manufacturer: modality.manufacturer,
  Port: modality.port,
  RetrieveMethod: modality.retrieveMethod,
  Timeout: modality.timeout,
  UseDicomTls: modality.useDicomTls,
})
