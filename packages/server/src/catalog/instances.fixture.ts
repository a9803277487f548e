import { randomUUID } from 'node:crypto'
import { resourceIds } from '../model/resource-id.ts'
import type { NewInstance } from './operations/store-instance.ts'

export interface InstanceNames {
  readonly patient: string
  readonly study?: string
  readonly series?: string
  readonly instance: string
  readonly size?: number
  readonly date?: string
  readonly overwrite?: boolean
}

/** Names are unique within what lies above: two patients may both have a study 1. */
export function instanceOf(names: InstanceNames): NewInstance {
  const { patient, study = '1', series = '1', instance, size = 100, overwrite = false } = names
  const uids = {
    study: `1.${study}`,
    series: `1.${study}.${series}`,
    instance: `1.${study}.${series}.${instance}`,
  }
  return {
    ids: resourceIds({
      patientId: patient,
      studyInstanceUid: uids.study,
      seriesInstanceUid: uids.series,
      sopInstanceUid: uids.instance,
    }),
    tags: {
      Patient: { '0010,0020': patient },
      Study: { '0020,000d': uids.study },
      Series: { '0020,000e': uids.series, '0008,103e': 'description' },
      Instance: { '0008,0018': uids.instance },
    },
    metadata: { Patient: {}, Study: {}, Series: {}, Instance: {} },
    file: { blobKey: randomUUID(), size, md5: '0123456789abcdef0123456789abcdef' },
    date: names.date ?? '20260101T000000',
    overwrite,
  }
}
