import { DicomError, type Dictionary, type Encoding, textOf, transferSyntax } from '@kingsfoil/dicom'
import { DomainError } from '../model/domain-error.ts'
import { encodeAnew } from './encode-anew.ts'
import type { InstanceSource } from './instance-source.ts'

/** An instance as C-STORE needs it. */
export interface OutgoingInstance {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  /** Its own. */
  readonly transferSyntaxUid: string
  /**
   * The data set without file meta information, in its own transfer syntax byte for byte unless the file is not
   * encoded as it says, or in one of its alternatives. Errors: `BadFileFormat`.
   */
  dataSetIn(transferSyntaxUid: string): Promise<AsyncIterable<Uint8Array>>
}

const [sopClassTag, sopInstanceTag] = [0x00080016, 0x00080018]

/** Errors: `BadFileFormat` for a file without SOP Class or SOP Instance UID. */
export function outgoingInstance(source: InstanceSource, dictionary: Dictionary): OutgoingInstance {
  const { head } = source
  const { transferSyntaxUid, dataSetOffset } = head
  const read = (tag: number): string => textOf(head.dataSet, tag, { dictionary })?.trim() ?? ''
  return {
    sopClassUid: required(read(sopClassTag), 'SOPClassUID'),
    sopInstanceUid: required(read(sopInstanceTag), 'SOPInstanceUID'),
    transferSyntaxUid,
    dataSetIn: async (wanted) => {
      const isItsOwn = wanted === transferSyntaxUid && isEncodedAs(wanted, head.dataSet.encoding)
      if (isItsOwn) return source.read({ start: dataSetOffset })
      const syntax = transferSyntax(wanted)
      if (syntax === undefined) throw new DomainError('BadFileFormat', `The file is not in ${wanted}`)
      try {
        return await encodeAnew(source, syntax, dictionary)
      } catch (cause) {
        throw cause instanceof DicomError ? badFile(cause) : cause
      }
    },
  }
}

export const badFile = (cause: DicomError): DomainError =>
  new DomainError('BadFileFormat', cause.message, { cause })

function required(uid: string, keyword: string): string {
  if (uid === '') throw new DomainError('BadFileFormat', `${keyword} is missing`)
  return uid
}

/** Files may lie about their encoding; peers believe what they are told. A private syntax is taken at its word. */
function isEncodedAs(transferSyntaxUid: string, { explicitVr, littleEndian }: Encoding): boolean {
  const syntax = transferSyntax(transferSyntaxUid)
  return syntax === undefined || (syntax.explicitVr === explicitVr && syntax.littleEndian === littleEndian)
}
