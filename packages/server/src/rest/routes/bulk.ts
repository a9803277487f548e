import { DomainError } from '../../model/domain-error.ts'
import { type Level, levels } from '../../model/level.ts'
import {
  isObject,
  type Members,
  membersOf,
  readBoolean,
  readJsonObject,
  readString,
  readStrings,
} from '../body/json-body.ts'
import { parseLevel } from '../find-request.ts'
import { Presenter } from '../presenter.ts'
import { done, json } from '../reply.ts'
import { producesJson, type Route, route, type View } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { MetadataNames, viewMetadata } from '../views/metadata-view.ts'
import { chosenFormat } from '../views/tag-format.ts'

interface Named {
  readonly level: Level
  readonly id: string
}

/** What is done to many resources in one request; unknown ones are left out. */
export function bulkRoutes(context: RouteContext): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/tools/bulk-content',
      summary: 'Many resources, or those above or below them',
      accepts: ['application/json'],
      mutates: false,
      ...producesJson,
      handle: async ({ body }) => json(await viewMany(await readJsonObject(body), context)),
    }),
    route({
      method: 'POST',
      path: '/tools/bulk-delete',
      summary: 'Removes many resources',
      accepts: ['application/json'],
      handle: async ({ body }) => {
        await removeMany(await parseNames(await readJsonObject(body), context), context)
        return done
      },
    }),
  ]
}

async function viewMany(members: Members, context: RouteContext): Promise<readonly View[]> {
  const { resources, system } = context
  const presenter = new Presenter(context)
  const metadataNames = new MetadataNames(system.userMetadata)
  const showsMetadata = readBoolean(members, 'Metadata', true)
  const format = chosenFormat(
    { full: readBoolean(members, 'Full', false), short: readBoolean(members, 'Short', false) },
    'simplified',
  )
  const views: View[] = []
  for (const { level, id } of await resourcesOf(members, context)) {
    const resource = await resources.get(level, id)
    if (resource === undefined) continue
    const view = await presenter.present(resource, { format, content: undefined, requestedTags: [] })
    const Metadata = viewMetadata(resource.metadata, { expand: true }, metadataNames)
    views.push(showsMetadata ? { ...view, Metadata } : view)
  }
  return views
}

/** In the order asked for; those of another level, each once, in the order of their ids. */
async function resourcesOf(members: Members, context: RouteContext): Promise<readonly Named[]> {
  const ids = readStrings(members, 'Resources')
  if (ids === undefined) throw new DomainError('BadRequest', 'Field "Resources" is missing')
  const named = await context.find.locate(ids)
  const levelName = readString(members, 'Level')
  if (levelName === undefined) return named
  const level = parseLevel(levelName)
  const found = new Set<string>()
  for (const each of named) for (const id of await relatives(each, level, context)) found.add(id)
  return [...found].sort().map((id) => ({ level, id }))
}

async function relatives(
  { level, id }: Named,
  to: Level,
  { resources }: RouteContext,
): Promise<readonly string[]> {
  if (level === to) return [id]
  if (levels.indexOf(to) > levels.indexOf(level)) return (await resources.descendants(level, id, to)) ?? []
  const above = await resources.ancestor(level, id, to)
  return above === undefined ? [] : [above]
}

/** Ids, or objects with `Level` and `ID`. Errors: `BadRequest`, `ParameterOutOfRange`. */
async function parseNames(members: Members, { find }: RouteContext): Promise<readonly Named[]> {
  const list = members.get('Resources')
  if (!Array.isArray(list)) throw new DomainError('BadRequest', 'Field "Resources" must be an array')
  const ids = list.filter((each: unknown) => typeof each === 'string')
  const named = list.filter((each: unknown) => typeof each !== 'string').map(parseName)
  return [...(await find.locate(ids)), ...named]
}

function parseName(value: unknown): Named {
  if (!isObject(value))
    throw new DomainError('BadRequest', 'Resources are ids, or objects with "Level" and "ID"')
  const members = membersOf(value)
  const [level, id] = [readString(members, 'Level'), readString(members, 'ID')]
  if (level === undefined || id === undefined)
    throw new DomainError('BadRequest', '"Level" or "ID" is missing')
  return { level: parseLevel(level), id }
}

/** Removals that are asked for together, so that they share a transaction. */
const removalsPerTurn = 64

async function removeMany(names: readonly Named[], { resources }: RouteContext): Promise<void> {
  for (let start = 0; start < names.length; start += removalsPerTurn) {
    await Promise.all(
      names.slice(start, start + removalsPerTurn).map(({ level, id }) => resources.remove(level, id)),
    )
  }
}
