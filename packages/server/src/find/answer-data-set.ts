import {
  buildDataSet,
  type CharacterSet,
  type DataSet,
  type Dictionary,
  encodeText,
  formatTag,
  type NewElement,
  type NewValue,
  parseNumericTag,
  resolveCharacterSet,
  type Tag,
  type Vr,
} from '@kingsfoil/dicom'
import type { TagValue, TagValues } from '../model/resource.ts'
import type { ReturnKey } from './identifier.ts'

export interface AnswerOptions {
  readonly dictionary: Dictionary
  /** Values of Specific Character Set that the client asked with. */
  readonly characterSet: readonly string[]
  /** Defined term where it asked with none, '' for ASCII. */
  readonly defaultCharacterSet: string
  /** Elements that every answer has. */
  readonly common: readonly NewElement[]
}

/** Which characters delimit: PS3.5 6.1.2.5.3. VRs that are not listed have no text of their own character set. */
const delimitersOf: Readonly<Partial<Record<Vr, 'none' | 'values' | 'names'>>> = {
  LO: 'values',
  LT: 'none',
  PN: 'names',
  SH: 'values',
  ST: 'none',
  UC: 'values',
  UT: 'none',
}

const encoding = { explicitVr: true, littleEndian: true } as const

const utf8 = 'ISO_IR 192'

/** Thrown inside `encode` alone: a text has characters that the character set has not. */
class Unencodable extends Error {}

/**
 * The identifier of a C-FIND response (PS3.4 C.4.1.1.3.2) in Explicit VR Little Endian: the values of the keys in the
 * character set of the request, or in UTF-8 where that cannot tell them.
 */
export function buildAnswer(
  keys: readonly ReturnKey[],
  values: ReadonlyMap<Tag, TagValue | undefined>,
  options: AnswerOptions,
): DataSet {
  const asked = options.characterSet.some((term) => term !== '')
    ? options.characterSet
    : [options.defaultCharacterSet]
  try {
    return encode(keys, values, asked, options)
  } catch (error) {
    if (!(error instanceof Unencodable)) throw error
    return encode(keys, values, [utf8], options)
  }
}

interface Encoding {
  readonly characterSet: CharacterSet
  readonly dictionary: Dictionary
}

function encode(
  keys: readonly ReturnKey[],
  values: ReadonlyMap<Tag, TagValue | undefined>,
  terms: readonly string[],
  { common, dictionary }: AnswerOptions,
): DataSet {
  const characterSet = resolveCharacterSet(terms, '')
  const known = characterSet.terms.some((term) => term !== '') ? characterSet.terms : []
  const fixed: NewElement[] = [[0x00080005, 'CS', known.join('\\')], ...common]
  const taken = new Set(fixed.map(([tag]) => tag))
  const elements = keys
    .filter(({ tag }) => !taken.has(tag))
    .map((key) => elementOf(key, key.echo ?? values.get(key.tag), { characterSet, dictionary }))
  return buildDataSet(encoding, [...fixed, ...elements])
}

function elementOf({ tag, vr, itemKeys }: ReturnKey, value: TagValue | undefined, how: Encoding): NewElement {
  if (vr === 'SQ') {
    const items = Array.isArray(value) ? value : []
    return [tag, 'SQ', items.map((item: TagValues) => itemElements(item, itemKeys, how))]
  }
  const encoded = typeof value === 'string' ? valueOfText(value, vr, how.characterSet) : undefined
  return encoded === undefined ? [tag, vr] : [tag, vr, encoded]
}

/** Without keys of its own a sequence is asked for with all its attributes. */
function itemElements(item: TagValues, keys: readonly ReturnKey[], how: Encoding): readonly NewElement[] {
  const wanted = keys.length > 0 ? keys : Object.keys(item).flatMap((name) => keyOf(name, how.dictionary))
  return wanted.map((key) => elementOf(key, item[formatTag(key.tag)], how))
}

function keyOf(name: string, dictionary: Dictionary): readonly ReturnKey[] {
  const tag = parseNumericTag(name)
  const vr = tag === undefined ? undefined : dictionary.lookup(tag)?.vr
  return tag === undefined || vr === undefined ? [] : [{ tag, vr, itemKeys: [], echo: undefined }]
}

function valueOfText(text: string, vr: Vr, characterSet: CharacterSet): NewValue | undefined {
  const delimiters = delimitersOf[vr]
  if (delimiters !== undefined) {
    const { bytes } = encodeText(text, characterSet, delimiters)
    if (bytes === undefined) throw new Unencodable()
    return bytes
  }
  return text === '' ? undefined : (numbersOf(text, vr) ?? text)
}

/** Undefined for VRs that are text. */
function numbersOf(text: string, vr: Vr): NewValue | undefined {
  const values = text.split('\\')
  switch (vr) {
    case 'AT':
      return values.map((value) => parseNumericTag(value) ?? 0)
    case 'FD':
    case 'FL':
    case 'SL':
    case 'SS':
    case 'UL':
    case 'US':
      return values.map(Number)
    case 'SV':
    case 'UV':
      return values.map((value) => BigInt(value))
    case 'OB':
    case 'OD':
    case 'OF':
    case 'OL':
    case 'OV':
    case 'OW':
    case 'UN':
      return new Uint8Array()
    default:
      return undefined
  }
}
