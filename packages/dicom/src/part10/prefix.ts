import type { Encoding } from '../data-set/data-set.ts'
import { guessBytes, guessEncoding } from '../encoding/guess-encoding.ts'
import type { WarningLog } from '../encoding/warning-log.ts'
import { DicomError } from '../errors.ts'

/** Preamble and `DICM` (PS3.10 7.1). */
export const prefixBytes = 132
/** What `readPrefix` wants to see, unless the stream is shorter. */
export const prefixView = prefixBytes + guessBytes

export interface Prefix {
  readonly hasPreamble: boolean
  /** Of the first element. */
  readonly offset: number
  /** Of the first element, be it of the file meta information or, without one, of the data set. */
  readonly encoding: Encoding
  readonly hasFileMeta: boolean
}

const hasMagic = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0x44 && bytes[at + 1] === 0x49 && bytes[at + 2] === 0x43 && bytes[at + 3] === 0x4d

/** Group 0002 in either byte order. */
const isMetaGroup = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at] === 2 && bytes[at + 1] === 0) || (bytes[at] === 0 && bytes[at + 1] === 2)

/** Finds out where the elements begin. Throws DicomError `NotDicom` if there seem to be none. */
export function readPrefix(bytes: Uint8Array, warnings: WarningLog): Prefix {
  const hasPreamble = hasMagic(bytes, 128)
  const offset = hasPreamble ? prefixBytes : offsetWithoutPreamble(bytes)
  if (!hasPreamble) warnings.add('NoPreamble', undefined, 0)
  const encoding = guessEncoding(bytes.subarray(offset))
  if (encoding === undefined) throw new DicomError('NotDicom', 'This is not a DICOM file', offset)
  const hasFileMeta = isMetaGroup(bytes, offset)
  if (!hasFileMeta) warnings.add('NoFileMeta', undefined, offset)
  else if (!encoding.explicitVr) warnings.add('ImplicitFileMeta', undefined, offset)
  return { hasPreamble, offset, encoding, hasFileMeta }
}

function offsetWithoutPreamble(bytes: Uint8Array): number {
  if (hasMagic(bytes, 0)) return 4
  // Something else in the place of DICM, and then what would have to follow it.
  if (guessEncoding(bytes) === undefined && isMetaGroup(bytes, prefixBytes)) return prefixBytes
  return 0
}
