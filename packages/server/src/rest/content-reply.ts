import type { IncomingHttpHeaders } from 'node:http'
import type { InstanceContent } from '../resources/resources.ts'
import { parseRange } from './range.ts'
import { contentDisposition, type Reply } from './reply.ts'

export const dicomType = 'application/dicom'

/** Entity tag of something stored: its revision, which stays 0 as nothing stored is ever changed, and its MD5. */
export const entityTag = (md5: string): { readonly ETag: string } => ({ ETag: `"0-${md5}"` })

/** Answers 304 to a client that has it already. */
export function unlessKnown(
  headers: IncomingHttpHeaders,
  tag: { readonly ETag: string },
  reply: Reply,
): Reply {
  if (headers['if-none-match'] !== tag.ETag) return reply
  return { kind: 'empty', status: 304, headers: tag }
}

/** The bytes of an instance as a download. */
export function contentReply(content: InstanceContent, filename: string): Reply {
  const { size } = content.file
  return {
    kind: 'bytes',
    status: 200,
    length: size,
    contentType: dicomType,
    read: (allocate) => content.read(undefined, allocate),
    headers: contentDisposition(filename),
  }
}

/** A download that obeys `Range` and carries its entity tag. Errors: `BadRange`. */
export function rangeReply(content: InstanceContent, filename: string, headers: IncomingHttpHeaders): Reply {
  const { size, md5 } = content.file
  const range = parseRange(headers.range, size)
  const common = { ...contentDisposition(filename), ...entityTag(md5) }
  if (range === undefined) return { ...contentReply(content, filename), headers: common }
  const { start, end } = range
  return {
    kind: 'bytes',
    status: 206,
    length: end - start,
    contentType: dicomType,
    read: (allocate) => content.read(range, allocate),
    headers: { ...common, 'Content-Range': `bytes ${start}-${end - 1}/${size}` },
  }
}
