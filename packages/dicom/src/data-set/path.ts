import { formatTag, type Tag } from '../tag.ts'
import type { DataSet } from './data-set.ts'
import type { Element } from './element.ts'

/** One item of a sequence; the first has index 0. */
export interface ItemStep {
  readonly sequence: Tag
  readonly index: number
}

/** Where an element is: the items to go through, outermost first, and its tag. */
export interface ElementPath {
  readonly items: readonly ItemStep[]
  readonly tag: Tag
}

/** The data set or item that a path leads into; undefined if there is no such item. */
export function findItem(dataSet: DataSet, items: readonly ItemStep[]): DataSet | undefined {
  let found: DataSet | undefined = dataSet
  for (const { sequence, index } of items) {
    const value: Element['value'] | undefined = found?.get(sequence)?.value
    found = value?.kind === 'items' ? value.items[index] : undefined
  }
  return found
}

/** The element at a path; undefined if there is none. */
export const findByPath = (dataSet: DataSet, path: ElementPath): Element | undefined =>
  findItem(dataSet, path.items)?.get(path.tag)

/** `gggg,eeee[index].gggg,eeee`. */
export const formatPath = (path: ElementPath): string =>
  [...path.items.map(({ sequence, index }) => `${formatTag(sequence)}[${index}]`), formatTag(path.tag)].join(
    '.',
  )
