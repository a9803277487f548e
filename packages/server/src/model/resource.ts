import type { Level } from './level.ts'
import type { Metadata } from './metadata.ts'

/** A main DICOM tag's value: text, or the items of a sequence. */
export type TagValue = string | readonly TagValues[]

/** Values by tag, `gggg,eeee`. Text is UTF-8 without padding; several values are joined by a backslash. */
export interface TagValues {
  readonly [tag: string]: TagValue
}

/** The DICOM file of an instance as it lies in the blob store. */
export interface InstanceFile {
  readonly blobKey: string
  /** Bytes. */
  readonly size: number
  /** Hexadecimal, of those bytes. */
  readonly md5: string
}

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
