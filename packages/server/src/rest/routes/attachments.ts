import type { IncomingHttpHeaders } from 'node:http'
import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level } from '../../model/level.ts'
import type { InstanceFile } from '../../model/resource.ts'
import type { InstanceContent } from '../../resources/resources.ts'
import { flag, word } from '../arguments.ts'
import { dicomType, entityTag, rangeReply, unlessKnown } from '../content-reply.ts'
import { acknowledged, badRequest, json, type Reply, text } from '../reply.ts'
import { producesJson, producesText, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { attachmentTypes, viewAttachmentInfo } from '../views/attachment-view.ts'

/** What is told of an attachment as text. Files are stored as they came, so that both sizes and digests agree. */
const facts: Readonly<Record<string, (file: InstanceFile) => string>> = {
  'compressed-md5': ({ md5 }) => md5,
  'compressed-size': ({ size }) => String(size),
  'is-compressed': () => '0',
  md5: ({ md5 }) => md5,
  size: ({ size }) => String(size),
}

const downloads = ['compressed-data', 'data'] as const

const operations = [...Object.keys(facts), ...downloads, 'info', 'verify-md5'].sort()

type Find = (id: string, name: string) => Promise<InstanceContent>

/** Errors: `UnknownResource`; `InexistentItem` for a name that nobody registered. */
const createFind =
  (level: Level, { resources }: RouteContext): Find =>
  async (id, name) => {
    if ((await resources.get(level, id)) === undefined) throw new DomainError('UnknownResource')
    const type = /^\d{1,9}$/.test(name) ? Number(name) : attachmentTypes.get(name)
    if (type === undefined) throw new DomainError('InexistentItem')
    const content = level === 'Instance' && type === 1 ? await resources.file(id) : undefined
    if (content === undefined) throw new DomainError('UnknownResource')
    return content
  }

/** Answers with the entity tag of the attachment, or that the client knows it already. */
async function tell(
  find: Find,
  {
    params,
    headers,
  }: { readonly params: { id: string; name: string }; readonly headers: IncomingHttpHeaders },
  answer: (content: InstanceContent, tag: { readonly ETag: string }) => Reply,
): Promise<Reply> {
  const content = await find(params.id, params.name)
  const tag = entityTag(content.file.md5)
  return unlessKnown(headers, tag, answer(content, tag))
}

/** Instances have one attachment, their DICOM file; the other levels have none. */
export function attachmentRoutes(level: Level, context: RouteContext): readonly Route[] {
  const list = `/${collectionOf[level]}/{id}/attachments` as const
  const one = `${list}/{name}` as const
  const find = createFind(level, context)
  return [
    listRoute(list, level, context),
    route({
      method: 'GET',
      path: one,
      summary: 'What can be asked of the attachment',
      ...producesJson,
      handle: (call) => tell(find, call, (_content, tag) => json(operations, tag)),
    }),
    ...Object.entries(facts).map(([name, read]) =>
      route({
        method: 'GET',
        path: `${one}/${name}`,
        summary: `The ${name} of the attachment`,
        ...producesText,
        handle: (call) => tell(find, call, ({ file }, tag) => text(read(file), tag)),
      }),
    ),
    route({
      method: 'GET',
      path: `${one}/info`,
      summary: 'Sizes and digests of the attachment',
      ...producesJson,
      handle: (call) => tell(find, call, ({ file }, tag) => json(viewAttachmentInfo(file), tag)),
    }),
    ...downloads.map((name) => downloadRoute(`${one}/${name}`, find)),
    verifyRoute(`${one}/verify-md5`, find, context),
  ]
}

const listRoute = (path: `/${string}/{id}/attachments`, level: Level, { resources }: RouteContext): Route =>
  route({
    method: 'GET',
    path,
    summary: 'The names of the attachments',
    query: { full: flag('With their numbers') },
    ...producesJson,
    handle: async ({ params, query }) => {
      if ((await resources.get(level, params.id)) === undefined) throw new DomainError('UnknownResource')
      const names = level === 'Instance' ? ['dicom'] : []
      return json(query.full === true ? Object.fromEntries(names.map((name) => [name, 1])) : names)
    },
  })

type OperationPath = `/${string}/{id}/attachments/{name}/${string}`

const downloadRoute = (path: OperationPath, find: Find): Route =>
  route({
    method: 'GET',
    path,
    summary: 'The bytes of the attachment, or a range of them',
    query: { filename: word('Name of the download') },
    produces: [dicomType],
    handle: (call) =>
      tell(find, call, (content) =>
        rangeReply(content, call.query.filename ?? `${content.file.blobKey}.dcm`, call.headers),
      ),
  })

const verifyRoute = (path: OperationPath, find: Find, { resources }: RouteContext): Route =>
  route({
    method: 'POST',
    path,
    summary: 'Reads the attachment and compares its MD5',
    mutates: false,
    produces: ['application/json'],
    handle: async ({ params }) => {
      await find(params.id, params.name)
      return (await resources.verify(params.id)) === true ? acknowledged : badRequest
    },
  })
