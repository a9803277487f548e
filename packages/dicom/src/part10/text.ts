import { readByHand } from '../character-set/by-hand.ts'
import type { DataSet } from '../data-set/data-set.ts'
import type { Tag } from '../tag.ts'

/** The value of a UI or AE element without its padding; undefined if absent. */
export function paddedText(dataSet: DataSet, tag: Tag): string | undefined {
  const value = dataSet.get(tag)?.value
  if (value?.kind !== 'bytes') return undefined
  const { bytes } = value
  let end = bytes.length
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 0x20)) end--
  return readByHand(bytes, end)
}
