import { setImmediate } from 'node:timers/promises'
import type { DataSet, JsonObject, JsonOptions, JsonValue } from '@kingsfoil/dicom'
import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level } from '../../model/level.ts'
import { readAll, spool } from '../body/spool.ts'
import { formatMembers } from '../json.ts'
import { json, type Reply } from '../reply.ts'
import { producesJson, type Route, route } from '../route.ts'
import { jsonOptionsOf, type RouteContext } from '../route-context.ts'
import { formats, ignoreLength, readTags, writers } from '../tag-view.ts'
import { chosenFormat, type TagFormat } from '../views/tag-format.ts'

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
      produces: ['application/json'],
      handle: async ({ params, query }) => {
        const options = optionsOf(query['ignore-length'], context)
        const dataSets = readDataSets(level, params.id, context)
        const text = printAll(dataSets, chosenFormat(query, 'full'), options)
        return spooledReply(await spool(text, context.temporaryDirectory))
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

/** What `formatJson` makes of all, without holding it. */
async function* printAll(
  dataSets: AsyncIterable<readonly [id: string, dataSet: DataSet]>,
  format: TagFormat,
  options: JsonOptions,
): AsyncGenerator<Uint8Array> {
  let isFirst = true
  for await (const [id, dataSet] of dataSets) {
    const object = formatMembers([[id, writers[format](dataSet, options)]])
    // Between the braces: one member.
    yield Buffer.from(`${isFirst ? '{' : ','}${object.slice(1, -2)}`, 'latin1')
    isFirst = false
  }
  yield Buffer.from(isFirst ? '{}' : '\n}', 'latin1')
}

async function spooledReply(file: Awaited<ReturnType<typeof spool>>): Promise<Reply> {
  return {
    kind: 'bytes',
    status: 200,
    length: (await file.stat()).size,
    contentType: 'application/json; charset=utf-8',
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
