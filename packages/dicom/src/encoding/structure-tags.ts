import type { Tag } from '../tag.ts'

/** PS3.5 7.5.1: they have no VR in any encoding. */
export const itemTag: Tag = 0xfffee000
export const itemDelimiter: Tag = 0xfffee00d
export const sequenceDelimiter: Tag = 0xfffee0dd

export const pixelDataTag: Tag = 0x7fe00010
const floatPixelDataTag: Tag = 0x7fe00008
const doubleFloatPixelDataTag: Tag = 0x7fe00009

/** Pixel Data by whichever of its three names (PS3.3 C.7.6.24). */
export const isPixelData = (tag: Tag): boolean =>
  tag === pixelDataTag || tag === floatPixelDataTag || tag === doubleFloatPixelDataTag
