import type { DataSet, Encoding } from '../data-set/data-set.ts'
import { DataSetParser } from './data-set-parser.ts'
import { type ReadOptions, resolveReadOptions } from './read-options.ts'
import { WarningLog } from './warning-log.ts'

/**
 * Reads a data set without file meta information that is whole in memory; its values are views of `bytes`.
 * Throws DicomError if it is cut short or passes a limit. Deviations are tolerated silently.
 */
export function readDataSet(bytes: Uint8Array, encoding: Encoding, options?: ReadOptions): DataSet {
  const { untilPixelData, dictionary, limits } = resolveReadOptions(options)
  const parser = new DataSetParser({
    encoding,
    dictionary,
    limits,
    untilPixelData,
    warnings: new WarningLog(0),
  })
  parser.push(bytes)
  parser.end()
  return parser.dataSet
}
