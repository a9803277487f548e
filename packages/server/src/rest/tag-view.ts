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

/** Answers that were made with the same options, by format. */
class KeptReplies {
  readonly options: JsonOptions
  readonly #byFormat: Readonly<Record<TagFormat, WeakMap<DataSet, Reply>>> = {
    full: new WeakMap(),
    simplified: new WeakMap(),
    short: new WeakMap(),
  }

  constructor(options: JsonOptions) {
    this.options = options
  }

  of(format: TagFormat): WeakMap<DataSet, Reply> {
    return this.#byFormat[format]
  }
}

/**
 * Answers with usual options are kept as long as `resources` keeps the data set that they were made from, and the
 * default character set is the same.
 */
export function createTagView(context: RouteContext): TagView {
  let kept: KeptReplies | undefined
  return (dataSet, format, { 'ignore-length': ignored, whole: all }) => {
    if (kept?.options.defaultCharacterSet !== context.encoding.defaultCharacterSet) {
      kept = new KeptReplies(jsonOptionsOf(context))
    }
    if (ignored !== undefined || all === true) {
      const ignoreLength = readTags(ignored ?? '', context.dictionary)
      return print(dataSet, format, { ...kept.options, whole: all === true, ignoreLength })
    }
    const known = kept.of(format).get(dataSet)
    if (known !== undefined) return known
    const reply = print(dataSet, format, kept.options)
    if (reply.formatted.length <= keptCharacters) kept.of(format).set(dataSet, reply)
    return reply
  }
}
