import {
  type DataSet,
  type Dictionary,
  type JsonObject,
  type Tag,
  textOf,
  toShortJson,
} from '@kingsfoil/dicom'
import type { TagValue, TagValues } from '../model/resource.ts'

export interface TextOptions {
  readonly dictionary: Dictionary
  /** Defined term of PS3.3 C.12.1.1.2 for data sets that declare none. */
  readonly defaultCharacterSet: string
}

/** The value of an element as the catalog would keep it; undefined without one, or when it is binary. */
export function elementValue(dataSet: DataSet, tag: Tag, options: TextOptions): TagValue | undefined {
  const element = dataSet.get(tag)
  if (element?.value.kind !== 'items') return textOf(dataSet, tag, options)
  return element.value.items.map((item) => textsOf(toShortJson(item, { ...options, maxTextLength: 0 })))
}

/** Recurses as deep as sequences nest, which the reader bounds. */
function textsOf(item: JsonObject): TagValues {
  const values: Record<string, TagValue> = {}
  for (const [tag, value] of Object.entries(item)) {
    if (typeof value === 'string') values[tag] = value
    else if (Array.isArray(value)) values[tag] = value.map((inner) => textsOf(inner as JsonObject))
  }
  return values
}
