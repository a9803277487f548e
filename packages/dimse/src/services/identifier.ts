import {
  type DataSet,
  DicomError,
  type Encoding,
  encodeDataSet,
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  readDataSet,
} from '@kingsfoil/dicom'
import type { AcceptedContext } from '../association/association-info.ts'
import { DimseStatusError } from '../dimse/dimse-error.ts'
import { statuses } from '../dimse/status.ts'
import type { IncomingRequest } from './service-provider.ts'

const encodings: ReadonlyMap<string, Encoding> = new Map([
  [explicitVrLittleEndian, { explicitVr: true, littleEndian: true }],
  [implicitVrLittleEndian, { explicitVr: false, littleEndian: true }],
  [explicitVrBigEndian, { explicitVr: true, littleEndian: false }],
])

/** Transfer syntaxes that identifiers are read and written in. */
export const identifierSyntaxes: readonly string[] = [...encodings.keys()]

/** Throws DimseStatusError: a context in another transfer syntax should not have been accepted. */
function encodingOf({ transferSyntax }: AcceptedContext): Encoding {
  const encoding = encodings.get(transferSyntax)
  if (encoding) return encoding
  throw new DimseStatusError(statuses.cannotUnderstand, `identifiers in ${transferSyntax} are not supported`)
}

/** Encodes an identifier for a presentation context. Throws DicomError if that cannot be. */
export function encodeIdentifier(identifier: DataSet, context: AcceptedContext): readonly Uint8Array[] {
  return [encodeDataSet(identifier, encodingOf(context))]
}

/** The identifier of a response or, once it is gathered, a request. Throws DicomError if it cannot be read. */
export function decodeIdentifier(bytes: Uint8Array, context: AcceptedContext): DataSet {
  // Nobody could read what was left out.
  return readDataSet(bytes, encodingOf(context), { limits: { maxValueBytes: bytes.length } })
}

/**
 * The identifier of a request. Throws DimseStatusError `cannotUnderstand` (PS3.4 Table C.4-1: unable to process) if it
 * is longer than the limit or no data set.
 */
export async function readIdentifier(request: IncomingRequest): Promise<DataSet> {
  const bytes = await gather(request.dataSet, request.limits.maxIdentifierLength)
  try {
    return decodeIdentifier(bytes, request.context)
  } catch (cause) {
    if (!(cause instanceof DicomError)) throw cause
    throw new DimseStatusError(statuses.cannotUnderstand, 'the identifier cannot be read', { cause })
  }
}

async function gather(dataSet: AsyncIterable<Uint8Array>, maxLength: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of dataSet) {
    length += piece.length
    if (length > maxLength) {
      throw new DimseStatusError(statuses.cannotUnderstand, `the identifier exceeds ${maxLength} bytes`)
    }
    // A piece is a view of what the socket gave, which should not be kept while the rest is awaited.
    pieces.push(piece.slice())
  }
  return Buffer.concat(pieces, length)
}
