import type { DataSet } from '../data-set/data-set.ts'
import type { Element } from '../data-set/element.ts'
import { privateCreatorOf } from '../data-set/private-creator.ts'
import { standardDictionary } from '../dictionary/dictionary.ts'
import { formatTag, groupOf, isGroupLength } from '../tag.ts'
import { type AttributeOptions, type AttributeValue, readAttribute } from '../values/attribute-value.ts'
import { toBase64 } from '../values/base64.ts'
import {
  type BulkDataOptions,
  defaultMaxInlineBytes,
  type ElementLocation,
  isBulkData,
} from '../values/bulk-data.ts'
import { parseIntegerString } from '../values/decimal-text.ts'
import type { NumericValue } from '../values/numbers.ts'
import type { PersonName } from '../values/person-name.ts'
import type { Vr } from '../vr.ts'
import type { JsonObject, JsonValue } from './json-value.ts'

export interface DicomJsonOptions extends Partial<AttributeOptions>, BulkDataOptions {}

interface Context extends AttributeOptions, BulkDataOptions {
  readonly maxInlineBytes: number
}

/**
 * The DICOM JSON model (PS3.18 F.2): `{"00100010": {"vr": "PN", "Value": [{"Alphabetic": "…"}]}}`.
 * IS, and SV and UV where exact, are numbers; DS is text, as it was written. Without group lengths and group 0002.
 */
export const toDicomJson = (dataSet: DataSet, options: DicomJsonOptions = {}): JsonObject =>
  toModel(dataSet, [], {
    dictionary: standardDictionary,
    defaultCharacterSet: 'ISO_IR 100',
    maxInlineBytes: defaultMaxInlineBytes,
    ...options,
  })

/** Recurses as deep as sequences nest, which the reader bounds. */
function toModel(dataSet: DataSet, items: ElementLocation['items'], context: Context): JsonObject {
  const json: Record<string, JsonValue> = {}
  for (const element of dataSet) {
    if (isGroupLength(element.tag) || groupOf(element.tag) === 2) continue
    json[formatTag(element.tag, '').toUpperCase()] = toAttribute(dataSet, element, items, context)
  }
  return json
}

function toAttribute(
  dataSet: DataSet,
  element: Element,
  items: ElementLocation['items'],
  context: Context,
): JsonObject {
  const { tag } = element
  const creator = element.vr === 'UN' ? privateCreatorOf(dataSet, tag) : undefined
  const { vr, value } = readAttribute(dataSet, element, creator, context)
  if (isBulkData(element, value, context.maxInlineBytes)) {
    const uri = context.bulkDataUri?.({ items, element })
    return uri === undefined ? { vr } : { vr, BulkDataURI: uri }
  }
  if (value.kind === 'binary') return { vr, InlineBinary: toBase64(value.bytes) }
  if (value.kind === 'items') {
    return { vr, Value: value.items.map((item, index) => toModel(item, [...items, { tag, index }], context)) }
  }
  const values = toValues(vr, value)
  return values.length === 0 ? { vr } : { vr, Value: values }
}

/** Empty values among others are null (PS3.18 F.2.5). */
function toValues(vr: Vr, value: AttributeValue): readonly JsonValue[] {
  if (value.kind === 'numbers') return value.numbers.map(toNumber)
  if (value.kind === 'names') return value.names.map(toNameObject)
  if (value.kind !== 'texts') return []
  return value.texts.map((text) => {
    if (text === '') return null
    return vr === 'IS' ? (parseIntegerString(text) ?? text) : text
  })
}

/** JSON has no number for NaN and infinities, and readers lose digits of large integers. */
function toNumber(value: NumericValue): JsonValue {
  const number = Number(value)
  if (typeof value === 'bigint') return Number.isSafeInteger(number) ? number : String(value)
  return Number.isFinite(number) ? number : String(number)
}

function toNameObject({ alphabetic, ideographic, phonetic }: PersonName): JsonValue {
  const name = {
    ...(alphabetic !== '' && { Alphabetic: alphabetic }),
    ...(ideographic !== '' && { Ideographic: ideographic }),
    ...(phonetic !== '' && { Phonetic: phonetic }),
  }
  return Object.keys(name).length === 0 ? null : name
}
