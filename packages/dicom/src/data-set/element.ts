import type { Tag } from '../tag.ts'
import type { Vr } from '../vr.ts'
import type { DataSet } from './data-set.ts'

/** Value length of a sequence, item or encapsulated Pixel Data that ends with a delimiter (PS3.5 7.1.1). */
export const undefinedLength = 0xffffffff

/** A run of bytes of the stream that a data set was read from. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/**
 * What an element holds.
 * - `bytes`: the value field as encoded, in the byte order of its data set, padding included.
 * - `reference`: the value was not kept (Pixel Data, or longer than the reader's limit); it is at `Element.valueOffset`.
 * - `items`: a sequence of items (also one found inside UN, PS3.5 6.2.2 Note 2).
 * - `fragments`: encapsulated Pixel Data (PS3.5 A.4), the first being the Basic Offset Table; ranges of the stream.
 */
export type Value =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'reference' }
  | { readonly kind: 'items'; readonly items: readonly DataSet[] }
  | { readonly kind: 'fragments'; readonly fragments: readonly ByteRange[] }

/**
 * One data element (PS3.5 7.1). Offsets count bytes from the start of the stream; -1 for elements made in memory.
 * `value` may be computed when asked for: copy an element with its fields named, not with a spread.
 */
export interface Element {
  readonly tag: Tag
  /** As encoded; with Implicit VR, from the dictionary, else UN. */
  readonly vr: Vr
  /** Of the element's first byte, its tag. */
  readonly offset: number
  readonly valueOffset: number
  /**
   * Of the value field in bytes, as encoded, or `undefinedLength`.
   * Also the latter if the encoded length of a sequence was wrong; shorter than encoded if the value was cut.
   */
  readonly length: number
  readonly value: Value
}
