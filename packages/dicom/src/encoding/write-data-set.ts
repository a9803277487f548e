import type { DataSet, Encoding } from '../data-set/data-set.ts'
import type { ByteRange } from '../data-set/element.ts'
import { DicomError } from '../errors.ts'
import { dataSetParts } from './data-set-writer.ts'
import { swapStream } from './swap-bytes.ts'

/**
 * The encoded data set as a stream (see `dataSetParts`). `readSource` gives bytes of the stream that the data set
 * was read from; of a deflated one, of `inflatedStream`. Throws DicomError `NotEncodable` before the first piece.
 */
export async function* writeDataSet(
  dataSet: DataSet,
  encoding: Encoding,
  readSource: (range: ByteRange) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (const part of dataSetParts(dataSet, encoding)) {
    if (part instanceof Uint8Array) yield part
    else if (part.swapUnit === 1) yield* readSource(part)
    else yield* swapStream(readSource(part), part.swapUnit)
  }
}

/** Likewise in memory. Throws DicomError `NotEncodable` also if the data set refers to bytes that are not in memory. */
export function encodeDataSet(dataSet: DataSet, encoding: Encoding): Uint8Array {
  const parts = dataSetParts(dataSet, encoding)
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    if (!(part instanceof Uint8Array)) {
      throw new DicomError('NotEncodable', 'A value is not in memory', part.offset)
    }
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Bytes that `writeDataSet` will give. Throws DicomError `NotEncodable`. */
export const encodedLength = (dataSet: DataSet, encoding: Encoding): number =>
  dataSetParts(dataSet, encoding).reduce((sum, part) => sum + part.length, 0)
