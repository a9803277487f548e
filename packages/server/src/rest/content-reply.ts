import type { IncomingHttpHeaders } from 'node:http'
import type { Allocate } from '../model/allocate.ts'
import type { InstanceContent } from '../resources/resources.ts'
import type { EntityTag } from './entity-tag.ts'
import { type ByteInterval, parseRange } from './range.ts'
import { contentDisposition, type Reply } from './reply.ts'

export const dicomType = 'application/dicom'

/** The bytes of an instance as a download. */
export const contentReply = (content: InstanceContent, filename: string): Reply => ({
  kind: 'bytes',
  status: 200,
  length: content.file.size,
  contentType: dicomType,
  read: (allocate) => content.read(undefined, allocate),
  headers: contentDisposition(filename),
})

export interface Download {
  /** Bytes. */
  readonly size: number
  readonly contentType: string
  readonly filename: string
  readonly tag?: EntityTag
  read(span: ByteInterval, allocate: Allocate): AsyncIterable<Uint8Array>
}

/** A download that obeys `Range`, and carries its entity tag if it has one. Errors: `BadRange`. */
export function rangeReply(download: Download, headers: IncomingHttpHeaders): Reply {
  const { size, contentType, filename, tag, read } = download
  const range = parseRange(wantedRange(headers, tag), size)
  const common = { ...contentDisposition(filename), ...tag }
  const { start, end } = range ?? { start: 0, end: size }
  return {
    kind: 'bytes',
    status: range === undefined ? 200 : 206,
    length: end - start,
    contentType,
    read: (allocate) => read({ start, end }, allocate),
    headers:
      range === undefined ? common : { ...common, 'Content-Range': `bytes ${start}-${end - 1}/${size}` },
  }
}

/** With `If-Range`, a part is of no use to a client whose other parts are of something else (RFC 9110 13.1.5). */
function wantedRange(headers: IncomingHttpHeaders, tag: EntityTag | undefined): string | undefined {
  const condition = headers['if-range']
  return condition === undefined || condition === tag?.ETag ? headers.range : undefined
}
