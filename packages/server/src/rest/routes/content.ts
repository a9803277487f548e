import type { Allocate } from '../../model/allocate.ts'
import { DomainError } from '../../model/domain-error.ts'
import { sliceStream } from '../../model/slice-stream.ts'
import { type ContentNode, findContent } from '../content-path.ts'
import { bytes, json, notFound, type Reply } from '../reply.ts'
import { type Route, route } from '../route.ts'
import type { RouteContext } from '../route-context.ts'

const common = {
  method: 'GET',
  produces: ['application/json', 'application/octet-stream'],
} as const

/** The data set as a tree of URIs: `tag[/index/tag]…`. */
export function contentRoutes(context: RouteContext): readonly Route[] {
  const find = async (id: string, path: readonly string[]): Promise<Reply> => {
    const header = await context.resources.header(id, { whole: !isBeforePixelData(path, context) })
    if (header === undefined) throw new DomainError('UnknownResource')
    const node = findContent(header.dataSet, path, context.dictionary)
    if (node?.kind === 'range') return rangeOf(node, id, header.deflated, context)
    return node === undefined ? notFound : answer(node)
  }
  return [
    route({
      ...common,
      path: '/instances/{id}/content',
      summary: 'The tags at the top of the data set',
      handle: ({ params }) => find(params.id, []),
    }),
    route({
      ...common,
      path: '/instances/{id}/content/{*}',
      summary: 'What a path of tags and indexes leads to: tags, indexes, or the value as it is stored',
      handle: ({ params }) => find(params.id, params['*'].split('/')),
    }),
  ]
}

const pixelData = 0x7fe00010

/** Whether the answer lies in the part of the file that need not be looked for. */
function isBeforePixelData([first]: readonly string[], { dictionary }: RouteContext): boolean {
  return first !== undefined && (dictionary.parseTag(first) ?? 0) < pixelData
}

function answer(node: Exclude<ContentNode, { readonly kind: 'range' }>): Reply {
  if (node.kind === 'bytes') return bytes(node.bytes)
  return json(
    node.kind === 'dataSet' ? node.tags : Array.from({ length: node.length }, (_, index) => `${index}`),
  )
}

async function rangeOf(
  { offset, length }: Extract<ContentNode, { readonly kind: 'range' }>,
  id: string,
  deflated: boolean,
  { resources }: RouteContext,
): Promise<Reply> {
  const content = await resources.file(id)
  if (content === undefined) throw new DomainError('UnknownResource')
  const read = (allocate: Allocate) =>
    deflated
      ? sliceStream(content.readInflated(), offset, offset + length)
      : content.read({ start: offset, end: offset + length }, allocate)
  return { kind: 'bytes', status: 200, length, contentType: 'application/octet-stream', read }
}
