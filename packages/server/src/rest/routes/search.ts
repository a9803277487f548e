import type { Hit } from '../../find/find.ts'
import { type Search, searchFor } from '../../find/search.ts'
import { DomainError } from '../../model/domain-error.ts'
import { type Level, levels } from '../../model/level.ts'
import { type Members, readBoolean, readJsonObject, readStrings } from '../body/json-body.ts'
import { parseSearch } from '../find-request.ts'
import { type Presentation, Presenter, parseContent, parseRequestedTags } from '../presenter.ts'
import { json } from '../reply.ts'
import { producesJson, type Route, route, type View } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { MetadataNames } from '../views/metadata-view.ts'
import { viewReference } from '../views/resource-view.ts'
import { chosenFormat } from '../views/tag-format.ts'

/** `POST /tools/find` and its relatives. */
export function searchRoutes(context: RouteContext): readonly Route[] {
  const { find, dictionary, system } = context
  const names = { dictionary, metadata: new MetadataNames(system.userMetadata) }
  const presenter = new Presenter(context)
  return [
    route({
      method: 'POST',
      path: '/tools/find',
      summary: 'Searches for patients, studies, series or instances by their tags, labels and metadata',
      accepts: ['application/json'],
      mutates: false,
      ...producesJson,
      handle: async ({ body }) => {
        const members = await readJsonObject(body)
        const search = limited(parseSearch(members, names), context)
        const presentation = parseFindPresentation(members, context)
        if (presentation === undefined) return json(await idsOf(context, search))
        return json(await expand(context, presenter, search, presentation))
      },
    }),
    route({
      method: 'POST',
      path: '/tools/count-resources',
      summary: 'Counts what a search would find',
      accepts: ['application/json'],
      mutates: false,
      ...producesJson,
      handle: async ({ body }) => {
        const members = await readJsonObject(body)
        checkCountable(members)
        return json({ Count: await find.count(parseSearch(members, names)) })
      },
    }),
    route({
      method: 'POST',
      path: '/tools/lookup',
      summary: 'The resources with a DICOM identifier: a patient ID, or a UID of a study, series or instance',
      accepts: ['text/plain'],
      mutates: false,
      ...producesJson,
      handle: async ({ body }) => json(await lookup(context, (await body.readText()).trim())),
    }),
  ]
}

function limited(search: Search, { find }: RouteContext): Search {
  const most = find.limitOf(search.level)
  if (most === 0) return search
  return { ...search, limit: search.limit === 0 ? most : Math.min(search.limit, most) }
}

/** Undefined when ids are enough. */
function parseFindPresentation(members: Members, { dictionary }: RouteContext): Presentation | undefined {
  const content = readStrings(members, 'ResponseContent') ?? []
  const requestedTags = readStrings(members, 'RequestedTags') ?? []
  const format = chosenFormat(
    { full: readBoolean(members, 'Full', false), short: readBoolean(members, 'Short', false) },
    'simplified',
  )
  const presentation = {
    format,
    content: content.length === 0 ? undefined : parseContent(content),
    requestedTags: parseRequestedTags(requestedTags, dictionary),
  }
  const isExpanded = readBoolean(members, 'Expand', false) || content.length > 0
  return isExpanded || requestedTags.length > 0 ? presentation : undefined
}

async function idsOf({ find }: RouteContext, search: Search): Promise<readonly string[]> {
  const ids: string[] = []
  for await (const page of find.findIds(search)) ids.push(...page)
  return ids
}

async function expand(
  context: RouteContext,
  presenter: Presenter,
  search: Search,
  presentation: Presentation,
): Promise<readonly View[]> {
  const { requestedTags } = presentation
  if (requestedTags.length === 0) {
    return presenter.presentIds(search.level, await idsOf(context, search), presentation)
  }
  const found = new Map<string, Hit['tags']>()
  for await (const { id, tags } of context.find.find(search, requestedTags)) found.set(id, tags)
  return presenter.presentIds(search.level, [...found.keys()], presentation, found)
}

/** Errors: `BadRequest`. */
function checkCountable(members: Members): void {
  for (const name of ['Limit', 'Since', 'Expand', 'RequestedTags', 'ResponseContent', 'OrderBy']) {
    if (members.has(name))
      throw new DomainError('BadRequest', `"${name}" means nothing when resources are counted`)
  }
  if (readBoolean(members, 'CaseSensitive', false)) {
    throw new DomainError('BadRequest', 'Resources are counted whatever their letter case')
  }
}

const identifiers: Readonly<Record<Level, number>> = {
  Patient: 0x00100020,
  Study: 0x0020000d,
  Series: 0x0020000e,
  Instance: 0x00080018,
}

/** Letter case does not count, and `*` is a character as any other. */
async function lookup({ find }: RouteContext, identifier: string): Promise<readonly View[]> {
  const found: View[] = []
  for (const level of levels) {
    const matcher = { kind: 'values', exact: [identifier], patterns: [] } as const
    const constraint = {
      tag: identifiers[level],
      vr: 'LO',
      isMultiple: false,
      folding: 'case',
      matcher,
    } as const
    for await (const { id } of find.find(searchFor(level, [constraint]))) found.push(viewReference(level, id))
  }
  return found
}
