import { elementOf, isPrivate, type Tag } from '../tag.ts'
import type { DataSet } from './data-set.ts'

/**
 * The creator that has reserved the block of a private element (PS3.5 7.8.1), without padding.
 * It is looked up in the data set itself, then outwards. Undefined for public tags and unreserved blocks.
 */
export function privateCreatorOf(dataSet: DataSet, tag: Tag): string | undefined {
  if (!isPrivate(tag) || elementOf(tag) < 0x1000) return undefined
  const creatorTag = ((tag & 0xffff0000) | (elementOf(tag) >>> 8)) >>> 0
  for (let each: DataSet | undefined = dataSet; each !== undefined; each = each.parent) {
    const value = each.get(creatorTag)?.value
    if (value?.kind === 'bytes') return textOfCreator(value.bytes)
  }
  return undefined
}

/** Creators are short and nearly always ASCII: one character per byte is enough to tell them apart. */
function textOfCreator(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 64)).replace(/^ +|[ \0]+$/g, '')
}
