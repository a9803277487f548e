import type { DataSet } from '../data-set/data-set.ts'
import type { Element } from '../data-set/element.ts'
import { standardDictionary } from '../dictionary/dictionary.ts'
import {
  elementOf,
  formatTag,
  groupOf,
  isGroupLength,
  isPrivate,
  isPrivateCreator,
  type Tag,
} from '../tag.ts'
import { isNumericVr } from '../values/numbers.ts'
import { textVr } from '../values/text-vr.ts'
import type { JsonOptions, TagNames } from './json-options.ts'
import type { JsonMember, JsonObject, JsonValue } from './json-value.ts'
import { type LeafOptions, leafValue, pixelDataTag } from './leaf-value.ts'

type Format = 'full' | 'simplified' | 'short'

interface Context extends LeafOptions {
  readonly format: Format
  readonly whole: boolean
}

/**
 * `{"0010,0010": {"Name", "PrivateCreator"?, "Type", "Value"}}`, Type being `String`, `Sequence` (Value: array of
 * objects), `Null` (binary and empty numbers) or `TooLong` (Value: null). Keys ascend.
 */
export const toFullJson = (dataSet: DataSet, options?: JsonOptions): JsonObject =>
  toJson(dataSet, makeContext('full', options))

/** `{"PatientName": "…"}`: text, null, or an array of objects. Keys in alphabetical order; of equal names the last counts. */
export const toSimplifiedJson = (dataSet: DataSet, options?: JsonOptions): JsonObject =>
  toJson(dataSet, makeContext('simplified', options))

/** `{"0010,0010": "…"}`: as `toSimplifiedJson`, with tags as keys. */
export const toShortJson = (dataSet: DataSet, options?: JsonOptions): JsonObject =>
  toJson(dataSet, makeContext('short', options))

const makeContext = (format: Format, options: JsonOptions = {}): Context => ({
  format,
  dictionary: options.dictionary ?? standardDictionary,
  defaultCharacterSet: options.defaultCharacterSet ?? 'ISO_IR 100',
  ignoreLength: options.ignoreLength ?? new Set(),
  maxTextLength: options.maxTextLength ?? 256,
  whole: options.whole ?? false,
})

/** The members of `toFullJson`, one by one: an object of many thousand costs more time and memory than its members. */
export const fullMembers = (dataSet: DataSet, options?: JsonOptions): Iterable<JsonMember> =>
  toMembers(dataSet, makeContext('full', options))

/** The members of `toShortJson`, one by one. */
export const shortMembers = (dataSet: DataSet, options?: JsonOptions): Iterable<JsonMember> =>
  toMembers(dataSet, makeContext('short', options))

/** Recurses as deep as sequences nest, which the reader bounds. */
function toJson(dataSet: DataSet, context: Context): JsonObject {
  const json: Record<string, JsonValue> = {}
  const creators = new Map<number, string>()
  for (const element of dataSet) {
    if (isBeyond(dataSet, element, context)) break
    if (isOmitted(element)) continue
    const creator = creatorOf(creators, dataSet, element, context)
    json[keyOf(element.tag, creator, context)] =
      context.format === 'full'
        ? fullValue(dataSet, element, creator, context)
        : plainValue(dataSet, element, creator, context)
  }
  return context.format === 'simplified' ? sortKeys(json) : json
}

/** As `toJson`, which has no generator's frames on its stack; to be kept alike. */
function* toMembers(dataSet: DataSet, context: Context): Generator<JsonMember> {
  const creators = new Map<number, string>()
  const read = context.format === 'full' ? fullValue : plainValue
  for (const element of dataSet) {
    if (isBeyond(dataSet, element, context)) break
    if (isOmitted(element)) continue
    const creator = creatorOf(creators, dataSet, element, context)
    yield [keyOf(element.tag, creator, context), read(dataSet, element, creator, context)]
  }
}

const isBeyond = (dataSet: DataSet, { tag }: Element, { whole }: Context): boolean =>
  tag > pixelDataTag && !whole && dataSet.parent === undefined

const keyOf = (tag: Tag, creator: string | undefined, { format, dictionary }: Context): string =>
  format === 'simplified' ? nameOf(tag, creator, dictionary) : formatTag(tag)

/** Group lengths say nothing of the content (PS3.5 7.2); those of the file meta information, and no binaries, are shown. */
function isOmitted({ tag, vr }: Element): boolean {
  if (groupOf(tag) === 2) return textVr(vr) === undefined && !isNumericVr(vr)
  return isGroupLength(tag)
}

/**
 * The creator of a private element, among those that came before it: (gggg,0010-00FF) reserves (gggg,1000-FFFF), by the
 * high byte of the element (PS3.5 7.8.1). Not valid in items.
 */
function creatorOf(
  creators: Map<number, string>,
  dataSet: DataSet,
  element: Element,
  context: Context,
): string | undefined {
  const { tag } = element
  const creator = isPrivate(tag) ? creators.get(tag >>> 8) : undefined
  if (isPrivateCreator(tag)) {
    const name = leafValue(dataSet, element, undefined, context)
    if (typeof name === 'string') creators.set((groupOf(tag) << 8) | elementOf(tag), name)
  }
  return creator
}

function fullValue(
  dataSet: DataSet,
  element: Element,
  creator: string | undefined,
  context: Context,
): JsonObject {
  const Name = nameOf(element.tag, creator, context.dictionary)
  const items = itemsOf(element)
  if (items !== undefined)
    return { Name, Type: 'Sequence', Value: items.map((item) => toJson(item, context)) }
  const text = leafValue(dataSet, element, creator, context)
  const Type = text === undefined ? 'TooLong' : text === null ? 'Null' : 'String'
  const Value = text ?? null
  return creator === undefined ? { Name, Type, Value } : { Name, PrivateCreator: creator, Type, Value }
}

function plainValue(
  dataSet: DataSet,
  element: Element,
  creator: string | undefined,
  context: Context,
): JsonValue {
  const items = itemsOf(element)
  if (items !== undefined) return items.map((item) => toJson(item, context))
  return leafValue(dataSet, element, creator, context) ?? null
}

/** An empty SQ has no items, however the reader holds it. */
function itemsOf({ vr, value }: Element): readonly DataSet[] | undefined {
  if (value.kind === 'items') return value.items
  return vr === 'SQ' ? [] : undefined
}

/** Retired attributes that Orthanc names without prefix. */
const unmarkedRetired: ReadonlySet<Tag> = new Set([
  0x00101000, 0x00380004, 0x00701807, 0x00701808, 0x30040010, 0x30040012, 0x30060085, 0x30060088, 0x3008002b,
  0x30100090,
])

/** Orthanc's names. */
function nameOf(tag: Tag, creator: string | undefined, dictionary: TagNames): string {
  const entry = dictionary.lookup(tag, creator)
  if (entry === undefined) return 'Unknown Tag & Data'
  return entry.retired && !unmarkedRetired.has(tag) ? `RETIRED_${entry.keyword}` : entry.keyword
}

function sortKeys(json: Record<string, JsonValue>): JsonObject {
  const sorted: Record<string, JsonValue> = {}
  for (const key of Object.keys(json).sort()) sorted[key] = json[key] ?? null
  return sorted
}
