import type { Part10File } from '@kingsfoil/dicom'

/** A DICOM file whose bytes can be read from any place, as often as they are needed. */
export interface InstanceSource {
  /** The file up to Pixel Data. */
  readonly head: Part10File
  /** The bytes of [start, end), as they are. */
  read(range?: { readonly start: number; readonly end?: number }): AsyncIterable<Uint8Array>
  /** The file with a deflated data set inflated. */
  readInflated(): AsyncIterable<Uint8Array>
}
