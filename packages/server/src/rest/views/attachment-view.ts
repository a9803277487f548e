import type { InstanceFile } from '../../model/resource.ts'
import type { View } from '../route.ts'

/** Kinds of attachments that every installation knows, with their numbers. */
export const attachmentTypes: ReadonlyMap<string, number> = new Map([
  ['dicom', 1],
  ['dicom-as-json', 2],
  ['dicom-until-pixel-data', 3],
])

export const viewAttachmentInfo = ({ blobKey, size, md5 }: InstanceFile): View => ({
  CompressedMD5: md5,
  CompressedSize: size,
  ContentType: 1,
  UncompressedMD5: md5,
  UncompressedSize: size,
  Uuid: blobKey,
})
