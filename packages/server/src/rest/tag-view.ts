import {
  type DataSet,
  type Dictionary,
  fullMembers,
  type JsonObject,
  type JsonOptions,
  shortMembers,
  type Tag,
  toFullJson,
  toShortJson,
  toSimplifiedJson,
} from '@kingsfoil/dicom'
import { DomainError } from '../model/domain-error.ts'
import { flag, word } from './arguments.ts'
import { formatJson, formatMembers } from './json.ts'
import type { Reply } from './reply.ts'
import { jsonOptionsOf, type RouteContext } from './route-context.ts'
import type { TagFormat } from './views/tag-format.ts'

export const ignoreLength = word('Tags, separated by commas, whose values are never too long')
export const whole = flag('Also the tags after Pixel Data')
export const formats = {
  simplify: flag('Tags by name, each with its value'),
  short: flag('Tags by number, each with its value'),
}

export const writers: Readonly<Record<TagFormat, (dataSet: DataSet, options: JsonOptions) => JsonObject>> = {
  full: toFullJson,
  simplified: toSimplifiedJson,
  short: toShortJson,
}

/** Members in order need not be held together to be printed; names are put in order first. */
const printers: Readonly<Record<TagFormat, (dataSet: DataSet, options: JsonOptions) => string>> = {
  full: (dataSet, options) => formatMembers(fullMembers(dataSet, options)),
  simplified: (dataSet, options) => formatJson(toSimplifiedJson(dataSet, options)),
  short: (dataSet, options) => formatMembers(shortMembers(dataSet, options)),
}

interface TagArguments {
  readonly 'ignore-length'?: string | undefined
  readonly whole?: boolean | undefined
}

/** Errors: `UnknownDicomTag`. */
export function readTags(text: string, dictionary: Dictionary): ReadonlySet<Tag> {
  const names = text.split(',')
  return new Set(names.filter((name) => name !== '').map((name) => readTag(name, dictionary)))
}

function readTag(name: string, dictionary: Dictionary): Tag {
  const tag = dictionary.parseTag(name)
  if (tag === undefined) throw new DomainError('UnknownDicomTag')
  return tag
}

/** Longer answers are made anew each time. */
const keptCharacters = 64 * 1024

/** The value, which XML alone is made from, is worked out when it is asked for. */
const print = (dataSet: DataSet, format: TagFormat, options: JsonOptions) =>
  ({
    kind: 'json',
    status: 200,
    get value() {
      return writers[format](dataSet, options)
    },
    formatted: printers[format](dataSet, options),
  }) as const satisfies Reply

export type TagView = (dataSet: DataSet, format: TagFormat, query: TagArguments) => Reply

/** Answers with usual options are kept as long as `resources` keeps the data set that they were made from. */
export function createTagView(context: RouteContext): TagView {
  const usual = jsonOptionsOf(context)
  const kept: Readonly<Record<TagFormat, WeakMap<DataSet, Reply>>> = {
    full: new WeakMap(),
    simplified: new WeakMap(),
    short: new WeakMap(),
  }
  return (dataSet, format, { 'ignore-length': ignored, whole: all }) => {
    if (ignored !== undefined || all === true) {
      const ignoreLength = readTags(ignored ?? '', context.dictionary)
      return print(dataSet, format, { ...usual, whole: all === true, ignoreLength })
    }
    const known = kept[format].get(dataSet)
    if (known !== undefined) return known
    const reply = print(dataSet, format, usual)
    if (reply.formatted.length <= keptCharacters) kept[format].set(dataSet, reply)
    return reply
  }
}
