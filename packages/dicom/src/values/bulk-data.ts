import type { Element } from '../data-set/element.ts'
import type { Tag } from '../tag.ts'
import type { AttributeValue } from './attribute-value.ts'

/** Where an element is in a data set: the items around it from the outside in, counted from 0. */
export interface ElementLocation {
  readonly items: readonly { readonly tag: Tag; readonly index: number }[]
  readonly element: Element
}

export interface BulkDataOptions {
  /** Where a value that is not included can be had; undefined leaves it out. Default: all are left out. */
  readonly bulkDataUri?: (location: ElementLocation) => string | undefined
  /** Longer binary values and lists of numbers are not included, in bytes. Default 1024. */
  readonly maxInlineBytes?: number
}

export const defaultMaxInlineBytes = 1024

/** Values that are not included: those that are not in memory, and long ones other than text and sequences. */
export function isBulkData(element: Element, value: AttributeValue, maxInlineBytes: number): boolean {
  if (value.kind === 'absent') return true
  return (value.kind === 'binary' || value.kind === 'numbers') && element.length > maxInlineBytes
}
