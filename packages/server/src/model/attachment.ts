import type { InstanceFile } from './resource.ts'

/** Kinds of attachments that every installation knows, with their numbers. */
export const systemAttachments = {
  dicom: 1,
  'dicom-as-json': 2,
  'dicom-until-pixel-data': 3,
} as const satisfies Record<string, number>

/** A file that belongs to a resource; of each kind it has one at the most. */
export interface Attachment extends InstanceFile {
  readonly type: number
  /** 0 for a new one, and one more with each write. */
  readonly revision: number
}

/** A kind of attachments that the configuration names. */
export interface UserContentType {
  readonly number: number
  readonly mime: string | undefined
}
