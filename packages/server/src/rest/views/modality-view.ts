import { allowKeys, type Modality, modalityRequests } from '../../model/modality.ts'
import type { View } from '../route.ts'

export const viewModality = (modality: Modality): View => ({
  AET: modality.aeTitle,
  ...Object.fromEntries(
    modalityRequests.map((request) => [allowKeys[request], modality.allowed.has(request)]),
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
