import type { JsonObject, JsonOptions, Part10File, Tag } from '@kingsfoil/dicom'
import { type DataSet, type Dictionary, toFullJson, toShortJson, toSimplifiedJson } from '@kingsfoil/dicom'
import { DomainError } from '../../model/domain-error.ts'
import { flag, word } from '../arguments.ts'
import { json } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import { jsonOptionsOf, type RouteContext } from '../route-context.ts'
import { chosenFormat, type TagFormat } from '../views/tag-format.ts'

const writers: Readonly<Record<TagFormat, (dataSet: DataSet, options: JsonOptions) => JsonObject>> = {
  full: toFullJson,
  simplified: toSimplifiedJson,
  short: toShortJson,
}

const ignoreLength = word('Tags, separated by commas, whose values are never too long')
const whole = flag('Also the tags after Pixel Data')
const formats = {
  simplify: flag('Tags by name, each with its value'),
  short: flag('Tags by number, each with its value'),
}

interface TagArguments {
  readonly 'ignore-length'?: string | undefined
  readonly whole?: boolean | undefined
}

/** Errors: `UnknownDicomTag`. */
function readTags(text: string, dictionary: Dictionary): ReadonlySet<Tag> {
  const names = text.split(',')
  return new Set(names.filter((name) => name !== '').map((name) => readTag(name, dictionary)))
}

function readTag(name: string, dictionary: Dictionary): Tag {
  const tag = dictionary.parseTag(name)
  if (tag === undefined) throw new DomainError('UnknownDicomTag')
  return tag
}

export function tagRoutes(context: RouteContext): readonly Route[] {
  const { resources, dictionary } = context
  const usual = jsonOptionsOf(context)
  const options = (query: TagArguments): JsonOptions => {
    const { 'ignore-length': ignored, whole: all } = query
    if (ignored === undefined && all !== true) return usual
    return {
      ...usual,
      whole: all === true,
      ...(ignored !== undefined && { ignoreLength: readTags(ignored, dictionary) }),
    }
  }
  const header = async (id: string, all: boolean | undefined): Promise<Part10File> => {
    const found = await resources.header(id, { whole: all === true })
    if (found === undefined) throw new DomainError('UnknownResource')
    return found
  }
  return [
    route({
      method: 'GET',
      path: '/instances/{id}/tags',
      summary: 'The tags of an instance',
      query: { ...formats, 'ignore-length': ignoreLength, whole },
      ...producesJson,
      handle: async ({ params, query }) => {
        const { dataSet } = await header(params.id, query.whole)
        return json(writers[chosenFormat(query, 'full')](dataSet, options(query)))
      },
    }),
    route({
      method: 'GET',
      path: '/instances/{id}/simplified-tags',
      summary: 'The tags of an instance, by name',
      query: { 'ignore-length': ignoreLength, whole },
      ...producesJson,
      handle: async ({ params, query }) => {
        const { dataSet } = await header(params.id, query.whole)
        return json(toSimplifiedJson(dataSet, options(query)))
      },
    }),
    route({
      method: 'GET',
      path: '/instances/{id}/header',
      summary: 'The file meta information of an instance (PS3.10 7.1)',
      query: formats,
      ...producesJson,
      handle: async ({ params, query }) => {
        const { fileMeta } = await header(params.id, false)
        return json(writers[chosenFormat(query, 'full')](fileMeta, usual))
      },
    }),
  ]
}
