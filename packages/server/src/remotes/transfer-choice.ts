import {
  deflatedExplicitVrLittleEndian,
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
} from '@kingsfoil/dicom'

/** The transfer syntaxes that an instance can be turned into, best first, without its own. */
export type Alternatives = (transferSyntaxUid: string) => readonly string[]

const uncompressed: ReadonlySet<string> = new Set([
  implicitVrLittleEndian,
  explicitVrLittleEndian,
  explicitVrBigEndian,
  deflatedExplicitVrLittleEndian,
])

/** What takes no codec: the headers of elements change, and the order of bytes. */
export const uncompressedAlternatives: Alternatives = (transferSyntaxUid) =>
  uncompressed.has(transferSyntaxUid)
    ? [explicitVrLittleEndian, implicitVrLittleEndian].filter((uid) => uid !== transferSyntaxUid)
    : []
