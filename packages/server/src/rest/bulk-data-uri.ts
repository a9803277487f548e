import { type ElementLocation, formatTag } from '@kingsfoil/dicom'

const pixelData = 0x7fe00010

/** Where a value that is not included in a representation can be had: the path of `content` that leads to it. */
export function bulkDataUri(instanceId: string, { items, element }: ElementLocation): string {
  const steps = items.flatMap(({ tag, index }) => [formatTag(tag, '-'), String(index)])
  const block = element.tag === pixelData && element.value.kind !== 'fragments' ? ['0'] : []
  return ['/instances', instanceId, 'content', ...steps, formatTag(element.tag, '-'), ...block].join('/')
}
