import type { IncomingHttpHeaders } from 'node:http'
import { DomainError } from '../model/domain-error.ts'
import type { Precondition, Revision } from '../model/revision.ts'
import type { Reply } from './reply.ts'

export interface EntityTag {
  readonly ETag: string
}

export const entityTag = ({ revision, md5 }: Revision): EntityTag => ({ ETag: `"${revision}-${md5}"` })

/** Answers 304 to a client that has it already. */
export function unlessKnown(headers: IncomingHttpHeaders, tag: EntityTag, reply: Reply): Reply {
  if (headers['if-none-match'] !== tag.ETag) return reply
  return { kind: 'empty', status: 304, headers: { ...tag } }
}

const syntax = /^"?(\d{1,15})-([^"]*)"?$/

/** What `If-Match` says. Errors: `ParameterOutOfRange` for what is no entity tag of ours. */
export function readPrecondition(headers: IncomingHttpHeaders, required: boolean): Precondition {
  const text = headers['if-match']
  if (text === undefined) return { expected: undefined, required }
  const match = syntax.exec(text.trim())
  if (match === null) {
    throw new DomainError('ParameterOutOfRange', 'If-Match must be a revision, a dash and an MD5')
  }
  return { expected: { revision: Number(match[1]), md5: match[2] ?? '' }, required }
}
