import { type Dictionary, formatTag, parseNumericTag, type Tag } from '@kingsfoil/dicom'
import type { TagValue, TagValues } from '../../model/resource.ts'
import type { JsonValue } from '../json.ts'
import type { View } from '../route.ts'

/** The three ways to write tags in JSON. */
export type TagFormat = 'full' | 'simplified' | 'short'

/** `?full`, `?simplify` and `?short`, against a route's own format. */
export function chosenFormat(
  query: {
    readonly full?: boolean | undefined
    readonly simplify?: boolean | undefined
    readonly short?: boolean | undefined
  },
  usual: TagFormat,
): TagFormat {
  if (query.short === true) return 'short'
  if (query.full === true) return 'full'
  return query.simplify === true ? 'simplified' : usual
}

/** Writes tags of the catalog in one of the formats. */
export function viewTags(tags: TagValues, format: TagFormat, dictionary: Dictionary): View {
  const members = Object.entries(tags).map(([tag, value]): [string, JsonValue] => {
    const name = nameOf(tag, dictionary)
    if (format === 'full') return [tag, viewFull(name, value, dictionary)]
    return [format === 'short' ? tag : name, viewValue(value, format, dictionary)]
  })
  return Object.fromEntries(members)
}

const nameOf = (tag: string, dictionary: Dictionary): string =>
  dictionary.lookup(parseNumericTag(tag) ?? 0)?.keyword ?? tag

const viewValue = (value: TagValue, format: TagFormat, dictionary: Dictionary): JsonValue =>
  typeof value === 'string' ? value : value.map((item) => viewTags(item, format, dictionary))

const viewFull = (name: string, value: TagValue, dictionary: Dictionary): View => ({
  Name: name,
  Type: typeof value === 'string' ? 'String' : 'Sequence',
  Value: viewValue(value, 'full', dictionary),
})

/** Writes tags that somebody asked for; those without a value are null. */
export function viewRequestedTags(
  tags: ReadonlyMap<Tag, TagValue | undefined>,
  format: TagFormat,
  dictionary: Dictionary,
): View {
  const members = [...tags].map(([number, value]): [string, JsonValue] => {
    const tag = formatTag(number)
    const name = nameOf(tag, dictionary)
    if (value !== undefined) {
      if (format === 'full') return [tag, viewFull(name, value, dictionary)]
      return [format === 'short' ? tag : name, viewValue(value, format, dictionary)]
    }
    if (format === 'full') return [tag, { Name: name, Type: 'Null', Value: null }]
    return [format === 'short' ? tag : name, null]
  })
  return Object.fromEntries(members)
}
