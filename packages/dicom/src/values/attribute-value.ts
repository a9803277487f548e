import { characterSetOf, specificCharacterSetTag } from '../character-set/data-set-character-set.ts'
import type { DataSet } from '../data-set/data-set.ts'
import type { Element } from '../data-set/element.ts'
import { formatTag } from '../tag.ts'
import type { Vr } from '../vr.ts'
import { type NumericValue, readNumbers, readTags } from './numbers.ts'
import { type PersonName, parsePersonName } from './person-name.ts'
import { readTexts } from './text.ts'
import { textVrOfUnknown, type VrSource } from './text-of.ts'
import { textVr } from './text-vr.ts'

/**
 * What an element holds, as the DICOM JSON model (PS3.18 F.2) and the Native DICOM Model (PS3.19 A.1) sort it.
 * - `texts`: without insignificant spaces; AT as eight upper-case hexadecimal digits.
 * - `binary`: in little endian byte order.
 * - `absent`: the value is not in memory.
 */
export type AttributeValue =
  | { readonly kind: 'empty' | 'absent' }
  | { readonly kind: 'items'; readonly items: readonly DataSet[] }
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'names'; readonly names: readonly PersonName[] }
  | { readonly kind: 'numbers'; readonly numbers: readonly NumericValue[] }
  | { readonly kind: 'binary'; readonly bytes: Uint8Array }

export interface AttributeOptions {
  readonly dictionary: VrSource
  readonly defaultCharacterSet: string
}

export interface Attribute {
  /** That of the dictionary for a sequence or text that came as UN. */
  readonly vr: Vr
  readonly value: AttributeValue
}

/** Bytes per word of the VRs that hold binary data (PS3.5 Table 6.2-1). */
const wordSizes: Readonly<Partial<Record<Vr, number>>> = { OB: 1, UN: 1, OW: 2, OF: 4, OL: 4, OD: 8, OV: 8 }

const utf8Term = 'ISO_IR 192'

/** Specific Character Set becomes that of the text returned. */
export function readAttribute(
  dataSet: DataSet,
  element: Element,
  privateCreator: string | undefined,
  options: AttributeOptions,
): Attribute {
  const { value } = element
  if (value.kind === 'items') return { vr: 'SQ', value: sequence(value.items) }
  const vr =
    element.vr === 'UN' ? textVrOfUnknown(element.tag, options.dictionary, privateCreator) : element.vr
  if (value.kind !== 'bytes') return { vr, value: { kind: 'absent' } }
  if (value.bytes.length === 0) return { vr, value: { kind: 'empty' } }
  if (element.tag === specificCharacterSetTag) return { vr, value: { kind: 'texts', texts: [utf8Term] } }
  return { vr, value: readBytes(dataSet, vr, value.bytes, options) }
}

const sequence = (items: readonly DataSet[]): AttributeValue =>
  items.length === 0 ? { kind: 'empty' } : { kind: 'items', items }

function readBytes(dataSet: DataSet, vr: Vr, bytes: Uint8Array, options: AttributeOptions): AttributeValue {
  const { littleEndian } = dataSet.encoding
  const wordSize = wordSizes[vr]
  if (wordSize !== undefined) {
    return { kind: 'binary', bytes: littleEndian ? bytes : swapWords(bytes, wordSize) }
  }
  const text = textVr(vr)
  if (text === undefined) return numbers(vr, bytes, littleEndian)
  const texts = readTexts(bytes, text, characterSetOf(dataSet, options.defaultCharacterSet))
  if (texts.length === 0) return { kind: 'empty' }
  return vr === 'PN' ? { kind: 'names', names: texts.map(parsePersonName) } : { kind: 'texts', texts }
}

function numbers(vr: Vr, bytes: Uint8Array, littleEndian: boolean): AttributeValue {
  if (vr === 'AT') {
    return {
      kind: 'texts',
      texts: readTags(bytes, littleEndian).map((tag) => formatTag(tag, '').toUpperCase()),
    }
  }
  const values = readNumbers(bytes, vr, littleEndian)
  return values.length === 0 ? { kind: 'empty' } : { kind: 'numbers', numbers: values }
}

function swapWords(bytes: Uint8Array, size: number): Uint8Array {
  const swapped = Uint8Array.from(bytes)
  for (let offset = 0; offset + size <= bytes.length; offset += size)
    swapped.subarray(offset, offset + size).reverse()
  return swapped
}
