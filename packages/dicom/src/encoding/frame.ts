import type { DataSet } from '../data-set/data-set.ts'
import type { ByteRange, Element } from '../data-set/element.ts'
import type { Tag } from '../tag.ts'
import type { Vr } from '../vr.ts'

/** The header of an element as it was read. */
export interface ElementHeader {
  readonly tag: Tag
  readonly vr: Vr
  readonly offset: number
  readonly valueOffset: number
  readonly length: number
}

interface FrameBase {
  readonly explicitVr: boolean
  readonly littleEndian: boolean
  /** First byte behind it; Infinity if nothing around it has a known end. */
  readonly end: number
  /** Has undefined length: a delimiter ends it. */
  readonly delimited: boolean
  /** What is inside is wanted: it becomes part of the data set. */
  readonly kept: boolean
  /** Nothing was tolerated inside: the encoded lengths are right. */
  exact: boolean
}

/** The root or an item being filled. */
export interface DataSetFrame extends FrameBase {
  readonly kind: 'dataSet'
  readonly dataSet: DataSet
  /** The array that `dataSet` reads from. */
  readonly elements: Element[]
  /** Shared with `dataSet`; undefined for the root. */
  readonly position: { readonly offset: number; length: number } | undefined
  lastTag: Tag
  sorted: boolean
}

/** A sequence being filled. */
export interface SequenceFrame extends FrameBase {
  readonly kind: 'sequence'
  readonly owner: DataSetFrame
  readonly header: ElementHeader
  readonly items: DataSet[]
}

/** Encapsulated Pixel Data being walked (PS3.5 A.4). */
export interface FragmentsFrame extends FrameBase {
  readonly kind: 'fragments'
  readonly owner: DataSetFrame
  readonly header: ElementHeader
  readonly fragments: ByteRange[]
}

export type Frame = DataSetFrame | SequenceFrame | FragmentsFrame
