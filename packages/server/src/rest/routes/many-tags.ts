import { setImmediate } from 'node:timers/promises'
import type { DataSet, JsonObject, JsonOptions, JsonValue } from '@kingsfoil/dicom'
import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level } from '../../model/level.ts'
import { readAll, spool } from '../body/spool.ts'
import { printMembers } from '../json.ts'
import { json, type Reply } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import { jsonOptionsOf, type RouteContext } from '../route-context.ts'
import { formats, ignoreLength, readTags, writers } from '../tag-view.ts'
import { jsonType, wantsXml, xmlType } from '../value-types.ts'
import { chosenFormat, type TagFormat } from '../views/tag-format.ts'
import { printXmlMembers } from '../xml.ts'

/** Tags of all instances below a resource. */
export function manyTagsRoutes(level: Level, context: RouteContext): readonly Route[] {
  if (level === 'Instance') return []
  const common = { method: 'GET', query: { ...formats, 'ignore-length': ignoreLength } } as const
  const path = `/${collectionOf[level]}/{id}` as const
  return [
    route({
      ...common,
      path: `${path}/shared-tags`,
      summary: 'The tags that have the same text in all instances',
      ...producesJson,
      handle: async ({ params, query }) => {
        const options = optionsOf(query['ignore-length'], context)
        const shared = await readShared(readDataSets(level, params.id, context), options)
        return json(viewShared(shared, chosenFormat(query, 'full')))
      },
    }),
    route({
      ...common,
      path: `${path}/instances-tags`,
      summary: 'The tags of all instances, by instance',
      ...producesJson,
      handle: async ({ params, query, headers: { accept } }) => {
        const options = optionsOf(query['ignore-length'], context)
        const dataSets = readDataSets(level, params.id, context)
        const members = viewAll(dataSets, chosenFormat(query, 'full'), options)
        const texts = wantsXml(accept) ? printXmlMembers(members) : printMembers(members)
        const file = await spool(encode(texts), context.temporaryDirectory)
        return spooledReply(file, wantsXml(accept) ? xmlType : jsonType)
      },
    }),
  ]
}

/** Errors: `UnknownDicomTag`. */
function optionsOf(ignored: string | undefined, context: RouteContext): JsonOptions {
  const options = jsonOptionsOf(context)
  return ignored === undefined ? options : { ...options, ignoreLength: readTags(ignored, context.dictionary) }
}

/** One after the other, in the order of their ids; whoever else waits has a turn between them. */
async function* readDataSets(
  level: Level,
  id: string,
  { resources }: RouteContext,
): AsyncGenerator<readonly [id: string, dataSet: DataSet]> {
  const ids = await resources.descendants(level, id, 'Instance')
  if (ids === undefined) throw new DomainError('UnknownResource')
  for (const instance of ids.toSorted()) {
    await setImmediate()
    const header = await resources.header(instance)
    if (header !== undefined) yield [instance, header.dataSet]
  }
}

async function* viewAll(
  dataSets: AsyncIterable<readonly [id: string, dataSet: DataSet]>,
  format: TagFormat,
  options: JsonOptions,
): AsyncGenerator<readonly [id: string, tags: JsonObject]> {
  for await (const [id, dataSet] of dataSets) yield [id, writers[format](dataSet, options)]
}

async function* encode(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text)
}

async function spooledReply(file: Awaited<ReturnType<typeof spool>>, contentType: string): Promise<Reply> {
  return {
    kind: 'bytes',
    status: 200,
    length: (await file.stat()).size,
    contentType,
    read: () => readAll(file),
  }
}

const isText = (member: JsonValue | undefined): member is JsonObject =>
  typeof member === 'object' && member !== null && 'Type' in member && member.Type === 'String'

/** In the format that has everything. */
async function readShared(
  dataSets: AsyncIterable<readonly [id: string, dataSet: DataSet]>,
  options: JsonOptions,
): Promise<ReadonlyMap<string, JsonObject>> {
  let shared: Map<string, JsonObject> | undefined
  for await (const [, dataSet] of dataSets) {
    const tags = writers.full(dataSet, options)
    shared ??= new Map(
      Object.entries(tags).filter((entry): entry is [string, JsonObject] => isText(entry[1])),
    )
    for (const [tag, { Value }] of shared) {
      const other = tags[tag]
      if (!isText(other) || other.Value !== Value) shared.delete(tag)
    }
    if (shared.size === 0) break
  }
  return shared ?? new Map()
}

const viewShared = (shared: ReadonlyMap<string, JsonObject>, format: TagFormat): JsonObject =>
  Object.fromEntries(
    [...shared].map(([tag, member]): [string, JsonValue] => {
      if (format === 'full') return [tag, member]
      return [format === 'short' ? tag : String(member.Name), member.Value ?? null]
    }),
  )
