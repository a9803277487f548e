import { characterSetOf } from '../character-set/data-set-character-set.ts'
import type { DataSet } from '../data-set/data-set.ts'
import { privateCreatorOf } from '../data-set/private-creator.ts'
import { isPrivateCreator, type Tag } from '../tag.ts'
import type { Vr } from '../vr.ts'
import { formatNumbers, isNumericVr } from './numbers.ts'
import { formatText, readTexts } from './text.ts'
import { textVr } from './text-vr.ts'

/** The part of a dictionary that is needed to make text of UN. */
export interface VrSource {
  lookup(tag: Tag, privateCreator?: string): { readonly vr: Vr } | undefined
}

export interface TextOptions {
  /** Gives the VR of elements that came as UN; without it they have no text. */
  readonly dictionary?: VrSource
  /** Defined term assumed where the data set declares none, '' for ASCII. Default `ISO_IR 100`. */
  readonly defaultCharacterSet?: string
}

/**
 * The value of an element as text: decoded, padding trimmed, several values joined with `\`; numbers in decimal, tags
 * as `gggg,eeee`. Undefined if the element is absent, not text, not in memory, or an empty number.
 */
export function textOf(dataSet: DataSet, tag: Tag, options: TextOptions = {}): string | undefined {
  const element = dataSet.get(tag)
  if (element?.value.kind !== 'bytes') return undefined
  const { bytes } = element.value
  const vr = element.vr === 'UN' ? vrOfUnknown(dataSet, tag, options.dictionary) : element.vr
  const text = textVr(vr)
  if (text !== undefined) return formatText(bytes, text, characterSetOf(dataSet, options.defaultCharacterSet))
  return isNumericVr(vr) ? formatNumbers(bytes, vr, dataSet.encoding.littleEndian) || undefined : undefined
}

/** The values of an element as text, each without insignificant spaces; none where `textOf` is undefined or empty. */
export function textValues(dataSet: DataSet, tag: Tag, options: TextOptions = {}): readonly string[] {
  const element = dataSet.get(tag)
  if (element?.value.kind !== 'bytes') return []
  const { bytes } = element.value
  const vr = element.vr === 'UN' ? vrOfUnknown(dataSet, tag, options.dictionary) : element.vr
  const text = textVr(vr)
  if (text !== undefined) return readTexts(bytes, text, characterSetOf(dataSet, options.defaultCharacterSet))
  const numbers = formatNumbers(bytes, vr, dataSet.encoding.littleEndian)
  return numbers === '' ? [] : numbers.split('\\')
}

const vrOfUnknown = (dataSet: DataSet, tag: Tag, dictionary?: VrSource): Vr =>
  textVrOfUnknown(tag, dictionary, privateCreatorOf(dataSet, tag))

/** The VR of an element that came as UN, if the dictionary says it is text: that has the same bytes in every encoding. */
export function textVrOfUnknown(tag: Tag, dictionary?: VrSource, privateCreator?: string): Vr {
  if (isPrivateCreator(tag)) return 'LO'
  const vr = dictionary?.lookup(tag, privateCreator)?.vr
  return vr !== undefined && textVr(vr) !== undefined ? vr : 'UN'
}
