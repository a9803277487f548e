import type { Encoding } from '../data-set/data-set.ts'

/** The bytes that `guessEncoding` looks at. */
export const guessBytes = 8

/** Groups that a data set can plausibly begin with, and the longest plausible value there. */
const lastFirstGroup = 0x0028
const longestFirstValue = 0x10000

/** VRs yet to come are of capitals, too; no plausible length looks like them. */
const isCapital = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a

/**
 * How a data set that begins with these bytes is encoded; undefined if they do not look like the begin of one.
 * The first group of a data set is small, so its zero byte tells the byte order; a VR is there or not.
 */
export function guessEncoding(bytes: Uint8Array): Encoding | undefined {
  if (bytes.length < guessBytes) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, guessBytes)
  const littleEndian = view.getUint16(0, true) <= view.getUint16(0, false)
  const tag = ((view.getUint16(0, littleEndian) << 16) | view.getUint16(2, littleEndian)) >>> 0
  if (tag >>> 16 > lastFirstGroup || tag === 0) return undefined
  if (isCapital(view.getUint8(4)) && isCapital(view.getUint8(5))) return { explicitVr: true, littleEndian }
  const length = view.getUint32(4, littleEndian)
  return length < longestFirstValue || length === 0xffffffff ? { explicitVr: false, littleEndian } : undefined
}
