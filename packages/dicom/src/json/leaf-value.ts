import { characterSetOf } from '../character-set/data-set-character-set.ts'
import type { DataSet } from '../data-set/data-set.ts'
import type { Element } from '../data-set/element.ts'
import type { Tag } from '../tag.ts'
import { countNumbers, formatNumbers, isNumericVr } from '../values/numbers.ts'
import { formatText } from '../values/text.ts'
import { textVrOfUnknown } from '../values/text-of.ts'
import { textVr } from '../values/text-vr.ts'
import type { TagNames } from './json-options.ts'

export interface LeafOptions {
  readonly dictionary: TagNames
  readonly defaultCharacterSet: string
  readonly ignoreLength: ReadonlySet<Tag>
  readonly maxTextLength: number
}

export const pixelDataTag = 0x7fe00010

/** Float, Double Float and Pixel Data (PS3.3 C.7.6.3.1.4 and C.7.6.24). */
const isPixels = (tag: Tag): boolean => tag >= 0x7fe00008 && tag <= pixelDataTag

/** Text of an element that is not a sequence: null for binary values and empty numbers, undefined if it is too long. */
export function leafValue(
  dataSet: DataSet,
  element: Element,
  privateCreator: string | undefined,
  options: LeafOptions,
): string | null | undefined {
  const { tag, value } = element
  if (isPixels(tag)) return null
  const vr = element.vr === 'UN' ? textVrOfUnknown(tag, options.dictionary, privateCreator) : element.vr
  const text = textVr(vr)
  if (text === undefined && !isNumericVr(vr)) return null
  if (value.kind !== 'bytes') return value.kind === 'reference' ? undefined : null
  const maxLength = options.ignoreLength.has(tag) ? 0 : options.maxTextLength
  if (text !== undefined) {
    return within(
      maxLength,
      formatText(value.bytes, text, characterSetOf(dataSet, options.defaultCharacterSet)),
    )
  }
  const count = countNumbers(vr, value.bytes.length)
  if (count === 0) return null
  // Every number takes a digit and a delimiter: a long table is not written out only to be thrown away.
  if (maxLength > 0 && count * 2 - 1 > maxLength) return undefined
  return within(maxLength, formatNumbers(value.bytes, vr, dataSet.encoding.littleEndian))
}

/** Undefined for text longer than so many bytes of UTF-8. */
function within(maxLength: number, text: string): string | undefined {
  if (maxLength === 0 || text.length * 3 <= maxLength) return text
  return text.length > maxLength || new TextEncoder().encode(text).length > maxLength ? undefined : text
}
