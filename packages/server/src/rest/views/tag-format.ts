import { type Dictionary, formatTag, parseNumericTag, type Tag } from '@kingsfoil/dicom'
import type { JsonValue } from '../../model/json-value.ts'
import type { TagValue, TagValues } from '../../model/resource.ts'
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
  const names = namesOf(dictionary)
  const view: Record<string, JsonValue> = {}
  for (const tag in tags) {
    const value = tags[tag]
    if (value === undefined) continue
    const name = nameOf(names, tag, dictionary)
    if (format === 'full') view[tag] = viewFull(name, value, dictionary)
    else view[format === 'short' ? tag : name] = viewValue(value, format, dictionary)
  }
  return view
}

/** Names that were looked up already: answers have the same few tags over and over. */
const knownNames = new WeakMap<Dictionary, Map<string, string>>()

function namesOf(dictionary: Dictionary): Map<string, string> {
  let names = knownNames.get(dictionary)
  if (names === undefined) {
    names = new Map()
    knownNames.set(dictionary, names)
  }
  return names
}

function nameOf(names: Map<string, string>, tag: string, dictionary: Dictionary): string {
  const known = names.get(tag)
  if (known !== undefined) return known
  const name = dictionary.lookup(parseNumericTag(tag) ?? 0)?.keyword ?? tag
  // Items of sequences may have any tag: the dictionary has some thousands.
  if (names.size < 10_000) names.set(tag, name)
  return name
}

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
  const names = namesOf(dictionary)
  const members = [...tags].map(([number, value]): [string, JsonValue] => {
    const tag = formatTag(number)
    const name = nameOf(names, tag, dictionary)
    if (value !== undefined) {
      if (format === 'full') return [tag, viewFull(name, value, dictionary)]
      return [format === 'short' ? tag : name, viewValue(value, format, dictionary)]
    }
    if (format === 'full') return [tag, { Name: name, Type: 'Null', Value: null }]
    return [format === 'short' ? tag : name, null]
  })
  return Object.fromEntries(members)
}
