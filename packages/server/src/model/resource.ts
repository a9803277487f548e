import type { Level } from './level.ts'
import type { Metadata } from './metadata.ts'

/** A main DICOM tag's value: text, or the items of a sequence. */
export type TagValue = string | readonly TagValues[]

/** Values by tag, `gggg,eeee`. Text is UTF-8 without padding; several values are joined by a backslash. */
export interface TagValues {
  readonly [tag: string]: TagValue
}

/** A file in the blob store: the DICOM file of an instance, or another attachment. */
export interface InstanceFile {
  readonly blobKey: string
  /** Bytes. */
  readonly size: number
  /** Hexadecimal, of those bytes. */
  readonly md5: string
  /** The blob, where it is not the file itself but its zlib form (`blobs/compressed-blob.ts`). */
  readonly compressed?: { readonly size: number; readonly md5: string } | undefined
}

/** Size and MD5 of the blob. */
export const asStored = (file: InstanceFile): { readonly size: number; readonly md5: string } =>
  file.compressed ?? file

/** What the catalog knows of one patient, study, series or instance. */
export interface Resource {
  readonly level: Level
  readonly id: string
  readonly parentId: string | undefined
  readonly mainTags: TagValues
  readonly metadata: Metadata
  /** Patients only. */
  readonly isProtected: boolean
  /** Quiet for `StableAge`; instances always. */
  readonly isStable: boolean
  /** Instances only. */
  readonly file: InstanceFile | undefined
}

export interface Statistics {
  readonly patients: number
  readonly studies: number
  readonly series: number
  readonly instances: number
  /** Bytes in the blob store. */
  readonly diskSize: bigint
  readonly uncompressedSize: bigint
}

/** Of one resource and all below it: numbers of resources, and bytes. */
export interface ResourceStatistics {
  readonly studies: number
  readonly series: number
  readonly instances: number
  /** Bytes in the blob store, and of what is in there; the same of DICOM files alone. */
  readonly diskSize: number
  readonly uncompressedSize: number
  readonly dicomDiskSize: number
  readonly dicomUncompressedSize: number
}
