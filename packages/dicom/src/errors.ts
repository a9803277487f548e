/** Why bytes could not be read, or a data set could not be written. */
export type DicomErrorCode =
  /** Neither a DICOM file nor a data set. */
  | 'NotDicom'
  /** The stream ended inside an element. */
  | 'Truncated'
  /** The deflated data set is damaged (PS3.5 A.5). */
  | 'BadDeflate'
  /** A limit of `ReadLimits` was passed. */
  | 'TooDeep'
  | 'TooManyElements'
  | 'HeaderTooLong'
  | 'InflatedTooLong'
  /** The data set cannot be expressed in the wanted encoding or needs bytes that are not at hand. */
  | 'NotEncodable'

/** The one error that this package throws on purpose. */
export class DicomError extends Error {
  readonly code: DicomErrorCode
  /** Where, in bytes from the start of the stream. */
  readonly offset: number | undefined

  constructor(code: DicomErrorCode, message: string, offset?: number, options?: ErrorOptions) {
    super(offset === undefined ? message : `${message} (at byte ${offset})`, options)
    this.name = 'DicomError'
    this.code = code
    this.offset = offset
  }
}
