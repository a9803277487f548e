import type { IncomingHttpHeaders } from 'node:http'
import { type Attachment, systemAttachments } from '../../model/attachment.ts'
import { DomainError } from '../../model/domain-error.ts'
import { collectionOf, type Level } from '../../model/level.ts'
import { isUserNumber } from '../../model/metadata.ts'
import { asStored } from '../../model/resource.ts'
import { flag, word } from '../arguments.ts'
import { rangeReply } from '../content-reply.ts'
import { type EntityTag, entityTag, readPrecondition, unlessKnown } from '../entity-tag.ts'
import { acknowledged, badRequest, done, forbidden, json, type Reply, text } from '../reply.ts'
import { producesJson, producesText, type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'
import { AttachmentNames, viewAttachmentInfo } from '../views/attachment-view.ts'

/** What is told of an attachment as text. */
const facts: Readonly<Record<string, (attachment: Attachment) => string>> = {
  'compressed-md5': (attachment) => asStored(attachment).md5,
  'compressed-size': (attachment) => String(asStored(attachment).size),
  'is-compressed': ({ compressed }) => (compressed === undefined ? '0' : '1'),
  md5: ({ md5 }) => md5,
  size: ({ size }) => String(size),
}

const operations = [
  ...Object.keys(facts),
  'compress',
  'compressed-data',
  'data',
  'info',
  'uncompress',
  'verify-md5',
].sort()

interface Names {
  readonly id: string
  readonly name: string
}

/** The attachments of one level. */
interface Scope {
  readonly level: Level
  readonly names: AttachmentNames
  readonly context: RouteContext
}

/** Errors: `InexistentItem` for a name that nobody registered. */
function typeOf({ names }: Scope, name: string): number {
  const type = names.parse(name)
  if (type === undefined) throw new DomainError('InexistentItem')
  return type
}

/** Errors: `UnknownResource`, `InexistentItem`. */
async function find(scope: Scope, { id, name }: Names): Promise<Attachment> {
  const { level, context } = scope
  if ((await context.resources.get(level, id)) === undefined) throw new DomainError('UnknownResource')
  const found = await context.attachments.get({ level, id, type: typeOf(scope, name) })
  if (found === undefined) throw new DomainError('UnknownResource')
  return found
}

/** Answers with the entity tag of the attachment, or that the client knows it already. */
async function tell(
  scope: Scope,
  { params, headers }: { readonly params: Names; readonly headers: IncomingHttpHeaders },
  answer: (attachment: Attachment, tag: EntityTag) => Reply,
): Promise<Reply> {
  const attachment = await find(scope, params)
  const tag = entityTag(attachment)
  return unlessKnown(headers, tag, answer(attachment, tag))
}

/** The DICOM file of an instance, and what users attach at all levels. */
export function attachmentRoutes(level: Level, context: RouteContext): readonly Route[] {
  const list = `/${collectionOf[level]}/{id}/attachments` as const
  const one = `${list}/{name}` as const
  const scope: Scope = { level, names: new AttachmentNames(context.userContentTypes), context }
  return [
    listRoute(list, scope),
    route({
      method: 'GET',
      path: one,
      summary: 'What can be asked of the attachment',
      ...producesJson,
      handle: (call) => tell(scope, call, (_attachment, tag) => json(operations, { ...tag })),
    }),
    putRoute(one, scope),
    deleteRoute(one, scope),
    ...Object.entries(facts).map(([name, read]) =>
      route({
        method: 'GET',
        path: `${one}/${name}`,
        summary: `The ${name} of the attachment`,
        ...producesText,
        handle: (call) => tell(scope, call, (attachment, tag) => text(read(attachment), { ...tag })),
      }),
    ),
    route({
      method: 'GET',
      path: `${one}/info`,
      summary: 'Sizes and digests of the attachment',
      ...producesJson,
      handle: (call) =>
        tell(scope, call, (attachment, tag) => json(viewAttachmentInfo(attachment), { ...tag })),
    }),
    downloadRoute(`${one}/data`, scope, 'content'),
    downloadRoute(`${one}/compressed-data`, scope, 'stored'),
    compressionRoute(`${one}/compress`, scope, true),
    compressionRoute(`${one}/uncompress`, scope, false),
    verifyRoute(`${one}/verify-md5`, scope),
  ]
}

const listRoute = (path: `/${string}/{id}/attachments`, { level, names, context }: Scope): Route =>
  route({
    method: 'GET',
    path,
    summary: 'The names of the attachments',
    query: { full: flag('With their numbers') },
    ...producesJson,
    handle: async ({ params, query }) => {
      const attachments = await context.attachments.list(level, params.id)
      if (attachments === undefined) throw new DomainError('UnknownResource')
      const types = attachments.map(({ type }) => type)
      return json(
        query.full === true
          ? Object.fromEntries(types.map((type) => [names.format(type), type]))
          : types.map((type) => names.format(type)),
      )
    },
  })

type AttachmentPath = `/${string}/{id}/attachments/{name}`

const putRoute = (path: AttachmentPath, scope: Scope): Route =>
  route({
    method: 'PUT',
    path,
    summary: 'Attaches a file, or replaces it: one of the kinds of users (1024 to 65535)',
    accepts: ['application/octet-stream'],
    produces: ['application/json'],
    handle: async ({ params, headers, body }) => {
      const { level, context } = scope
      const type = typeOf(scope, params.name)
      if (!isUserNumber(type)) return forbidden
      const precondition = readPrecondition(headers, context.system.checkRevisions)
      const name = { level, id: params.id, type }
      const attachment = await context.attachments.put(name, body.read(), precondition)
      return text('{}', { ...entityTag(attachment) }, 'application/json')
    },
  })

const deleteRoute = (path: AttachmentPath, scope: Scope): Route =>
  route({
    method: 'DELETE',
    path,
    summary: 'Removes an attachment of the kinds of users',
    handle: async ({ params, headers }) => {
      const { level, context } = scope
      const type = typeOf(scope, params.name)
      if (!isUserNumber(type) && type !== systemAttachments['dicom-as-json']) return forbidden
      const precondition = readPrecondition(headers, context.system.checkRevisions)
      await context.attachments.remove({ level, id: params.id, type }, precondition)
      return done
    },
  })

type OperationPath = `${AttachmentPath}/${string}`

const downloadRoute = (path: OperationPath, scope: Scope, form: 'content' | 'stored'): Route =>
  route({
    method: 'GET',
    path,
    summary:
      form === 'content'
        ? 'The bytes of the attachment, or a range of them'
        : 'The bytes of the attachment as they are stored, or a range of them',
    query: { filename: word('Name of the download') },
    produces: ['application/dicom', 'application/octet-stream'],
    handle: (call) =>
      tell(scope, call, (attachment, tag) => {
        const { attachments } = scope.context
        const extension = attachment.type === systemAttachments.dicom ? '.dcm' : ''
        const filename = call.query.filename ?? `${attachment.blobKey}${extension}`
        const contentType = scope.names.mimeOf(attachment.type)
        const { size } = form === 'content' ? attachment : asStored(attachment)
        const read = form === 'content' ? attachments.read : attachments.readStored
        const download = {
          size,
          contentType,
          filename,
          tag,
          read: read.bind(attachments, attachment),
        }
        return rangeReply(download, call.headers)
      }),
  })

const compressionRoute = (path: OperationPath, scope: Scope, compressed: boolean): Route =>
  route({
    method: 'POST',
    path,
    summary: compressed
      ? 'Stores the attachment compressed from now on'
      : 'Stores the attachment uncompressed from now on',
    produces: ['application/json'],
    handle: async ({ params }) => {
      const { type } = await find(scope, params)
      const { level, context } = scope
      await context.attachments.setCompressed({ level, id: params.id, type }, compressed)
      return acknowledged
    },
  })

const verifyRoute = (path: OperationPath, scope: Scope): Route =>
  route({
    method: 'POST',
    path,
    summary: 'Reads the attachment and compares its MD5',
    mutates: false,
    produces: ['application/json'],
    handle: async ({ params }) => {
      const attachment = await find(scope, params)
      return (await scope.context.attachments.verify(attachment)) ? acknowledged : badRequest
    },
  })
