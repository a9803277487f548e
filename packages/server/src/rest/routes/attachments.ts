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

/** Instances have one attachment, their DICOM file; the other levels have none. */
export function attachmentRoutes(level: Level, { resources }: RouteContext): readonly Route[] {
  const list = `/${collectionOf[level]}/{id}/attachments` as const
  const one = `${list}/{name}` as const

  /** Errors: `UnknownResource`; `InexistentItem` for a name that nobody registered. */
  const find = async (id: string, name: string): Promise<InstanceContent> => {
    if ((await resources.get(level, id)) === undefined) throw new DomainError('UnknownResource')
    const type = /^\d{1,9}$/.test(name) ? Number(name) : attachmentTypes.get(name)
    if (type === undefined) throw new DomainError('InexistentItem')
    const content = level === 'Instance' && type === 1 ? await resources.file(id) : undefined
    if (content === undefined) throw new DomainError('UnknownResource')
    return content
  }

  const tell = async (
    { params, headers }: { params: { id: string; name: string }; headers: IncomingHttpHeaders },
    answer: (content: InstanceContent, tag: { readonly ETag: string }) => Reply,
  ): Promise<Reply> => {
    const content = await find(params.id, params.name)
    const tag = entityTag(content.file.md5)
    return unlessKnown(headers, tag, answer(content, tag))
  }

  return [
    route({
      method: 'GET',
      path: list,
      summary: 'The names of the attachments',
      query: { full: flag('With their numbers') },
      ...producesJson,
      handle: async ({ params, query }) => {
        if ((await resources.get(level, params.id)) === undefined) throw new DomainError('UnknownResource')
        const names = level === 'Instance' ? ['dicom'] : []
        return json(query.full === true ? Object.fromEntries(names.map((name) => [name, 1])) : names)
      },
    }),
    route({
      method: 'GET',
      path: one,
      summary: 'What can be asked of the attachment',
      ...producesJson,
      handle: (call) => tell(call, (_content, tag) => json(operations, tag)),
    }),
    ...Object.entries(facts).map(([name, read]) =>
      route({
        method: 'GET',
        path: `${one}/${name}`,
        summary: `The ${name} of the attachment`,
        ...producesText,
        handle: (call) => tell(call, ({ file }, tag) => text(read(file), tag)),
      }),
    ),
    ...downloads.map((name) =>
      route({
        method: 'GET',
        path: `${one}/${name}`,
        summary: 'The bytes of the attachment, or a range of them',
        query: { filename: word('Name of the download') },
        produces: [dicomType],
        handle: (call) =>
          tell(call, (content) =>
            rangeReply(content, call.query.filename ?? `${content.file.blobKey}.dcm`, call.headers),
          ),
      }),
    ),
    route({
      method: 'GET',
      path: `${one}/info`,
      summary: 'Sizes and digests of the attachment',
      ...producesJson,
      handle: (call) => tell(call, ({ file }, tag) => json(viewAttachmentInfo(file), tag)),
    }),
    route({
      method: 'POST',
      path: `${one}/verify-md5`,
      summary: 'Reads the attachment and compares its MD5',
      mutates: false,
      produces: ['application/json'],
      handle: async ({ params }) => {
        await find(params.id, params.name)
        return (await resources.verify(params.id)) === true ? acknowledged : badRequest
      },
    }),
  ]
}
