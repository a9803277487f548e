import type { Encoding } from '../data-set/data-set.ts'

/** A transfer syntax (PS3.5 Annex A). */
export interface TransferSyntax extends Encoding {
  readonly uid: string
  readonly name: string
  /** Pixel Data is a sequence of fragments (PS3.5 A.4). */
  readonly encapsulated: boolean
  /** The data set after the file meta information is a raw deflate stream (PS3.5 A.5). */
  readonly deflated: boolean
  readonly retired: boolean
}

type Flag = 'implicit' | 'bigEndian' | 'native' | 'deflated' | 'retired'

const row = (suffix: string, name: string, ...flags: readonly Flag[]): TransferSyntax => ({
  uid: suffix.startsWith('1.2.840.10008') ? suffix : `1.2.840.10008.1.2${suffix}`,
  name,
  explicitVr: !flags.includes('implicit'),
  littleEndian: !flags.includes('bigEndian'),
  encapsulated: !flags.includes('native'),
  deflated: flags.includes('deflated'),
  retired: flags.includes('retired'),
})

/** All transfer syntaxes of PS3.6 Table A-1, current and retired. */
export const transferSyntaxes: readonly TransferSyntax[] = [
  row('', 'Implicit VR Little Endian', 'implicit', 'native'),
  row('.1', 'Explicit VR Little Endian', 'native'),
  row('.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian'),
  row('.1.99', 'Deflated Explicit VR Little Endian', 'native', 'deflated'),
  row('.2', 'Explicit VR Big Endian', 'bigEndian', 'native', 'retired'),
  row('.4.50', 'JPEG Baseline (Process 1)'),
  row('.4.51', 'JPEG Extended (Process 2 & 4)'),
  row('.4.52', 'JPEG Extended (Process 3 & 5)', 'retired'),
  row('.4.53', 'JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8)', 'retired'),
  row('.4.54', 'JPEG Spectral Selection, Non-Hierarchical (Process 7 & 9)', 'retired'),
  row('.4.55', 'JPEG Full Progression, Non-Hierarchical (Process 10 & 12)', 'retired'),
  row('.4.56', 'JPEG Full Progression, Non-Hierarchical (Process 11 & 13)', 'retired'),
  row('.4.57', 'JPEG Lossless, Non-Hierarchical (Process 14)'),
  row('.4.58', 'JPEG Lossless, Non-Hierarchical (Process 15)', 'retired'),
  row('.4.59', 'JPEG Extended, Hierarchical (Process 16 & 18)', 'retired'),
  row('.4.60', 'JPEG Extended, Hierarchical (Process 17 & 19)', 'retired'),
  row('.4.61', 'JPEG Spectral Selection, Hierarchical (Process 20 & 22)', 'retired'),
  row('.4.62', 'JPEG Spectral Selection, Hierarchical (Process 21 & 23)', 'retired'),
  row('.4.63', 'JPEG Full Progression, Hierarchical (Process 24 & 26)', 'retired'),
  row('.4.64', 'JPEG Full Progression, Hierarchical (Process 25 & 27)', 'retired'),
  row('.4.65', 'JPEG Lossless, Hierarchical (Process 28)', 'retired'),
  row('.4.66', 'JPEG Lossless, Hierarchical (Process 29)', 'retired'),
  row('.4.70', 'JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])'),
  row('.4.80', 'JPEG-LS Lossless Image Compression'),
  row('.4.81', 'JPEG-LS Lossy (Near-Lossless) Image Compression'),
  row('.4.90', 'JPEG 2000 Image Compression (Lossless Only)'),
  row('.4.91', 'JPEG 2000 Image Compression'),
  row('.4.92', 'JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)'),
  row('.4.93', 'JPEG 2000 Part 2 Multi-component Image Compression'),
  // A URL takes the place of Pixel Data (PS3.5 A.6, A.7).
  row('.4.94', 'JPIP Referenced', 'native'),
  row('.4.95', 'JPIP Referenced Deflate', 'native', 'deflated'),
  row('.4.100', 'MPEG2 Main Profile / Main Level'),
  row('.4.100.1', 'Fragmentable MPEG2 Main Profile / Main Level'),
  row('.4.101', 'MPEG2 Main Profile / High Level'),
  row('.4.101.1', 'Fragmentable MPEG2 Main Profile / High Level'),
  row('.4.102', 'MPEG-4 AVC/H.264 High Profile / Level 4.1'),
  row('.4.102.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1'),
  row('.4.103', 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1'),
  row('.4.103.1', 'Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1'),
  row('.4.104', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video'),
  row('.4.104.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video'),
  row('.4.105', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video'),
  row('.4.105.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video'),
  row('.4.106', 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2'),
  row('.4.106.1', 'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2'),
  row('.4.107', 'HEVC/H.265 Main Profile / Level 5.1'),
  row('.4.108', 'HEVC/H.265 Main 10 Profile / Level 5.1'),
  row('.4.110', 'JPEG XL Lossless'),
  row('.4.111', 'JPEG XL JPEG Recompression'),
  row('.4.112', 'JPEG XL'),
  row('.4.201', 'High-Throughput JPEG 2000 Image Compression (Lossless Only)'),
  row('.4.202', 'High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)'),
  row('.4.203', 'High-Throughput JPEG 2000 Image Compression'),
  row('.4.204', 'JPIP HTJ2K Referenced', 'native'),
  row('.4.205', 'JPIP HTJ2K Referenced Deflate', 'native', 'deflated'),
  row('.5', 'RLE Lossless'),
  row('.6.1', 'RFC 2557 MIME encapsulation', 'native', 'retired'),
  row('.6.2', 'XML Encoding', 'native', 'retired'),
  row('.7.1', 'SMPTE ST 2110-20 Uncompressed Progressive Active Video', 'native'),
  row('.7.2', 'SMPTE ST 2110-20 Uncompressed Interlaced Active Video', 'native'),
  row('.7.3', 'SMPTE ST 2110-30 PCM Digital Audio', 'native'),
  row('.8.1', 'Deflated Image Frame Compression'),
  // Held with Papyrus 3 files (PS3.6 Table A-1).
  row('1.2.840.10008.1.20', 'Papyrus 3 Implicit VR Little Endian', 'implicit', 'native', 'retired'),
]

const byUid: ReadonlyMap<string, TransferSyntax> = new Map(transferSyntaxes.map((each) => [each.uid, each]))

/** Undefined for UIDs that PS3.6 does not know. */
export const transferSyntax = (uid: string): TransferSyntax | undefined => byUid.get(uid)

export const implicitVrLittleEndian = '1.2.840.10008.1.2'
export const explicitVrLittleEndian = '1.2.840.10008.1.2.1'
export const deflatedExplicitVrLittleEndian = '1.2.840.10008.1.2.1.99'
export const explicitVrBigEndian = '1.2.840.10008.1.2.2'
