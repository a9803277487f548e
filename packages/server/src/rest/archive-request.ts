import { transferSyntax } from '@kingsfoil/dicom'
import { DomainError } from '../model/domain-error.ts'
import {
  isObject,
  type Members,
  membersOf,
  parseJson,
  readBoolean,
  readString,
  readUnsigned,
} from './body/json-body.ts'
import { type JobOptions, readJobOptions, usualJobOptions } from './job-request.ts'

/** What a client says of the archive that it wants. */
export interface ArchiveRequest {
  readonly job: JobOptions
  readonly filename: string | undefined
  readonly transcode: string | undefined
  readonly lossyQuality: number | undefined
  /** Undefined: as the server is configured. */
  readonly utf8: boolean | undefined
  readonly extended: boolean
  /** Whether files lie in the archive as they are, so that its length is known before it is made. */
  readonly storeOnly: boolean
}

export interface ArchiveArguments {
  readonly filename?: string | undefined
  readonly transcode?: string | undefined
  readonly 'lossy-quality'?: number | undefined
  readonly extended?: boolean | undefined
  readonly 'store-only'?: boolean | undefined
}

/** Errors: `ParameterOutOfRange`. */
export const readArchiveArguments = (query: ArchiveArguments): ArchiveRequest => ({
  job: usualJobOptions,
  filename: query.filename,
  transcode: checkTransferSyntax(query.transcode),
  lossyQuality: query['lossy-quality'],
  utf8: undefined,
  extended: query.extended ?? false,
  storeOnly: query['store-only'] ?? false,
})

/** Errors: `BadRequest`, `ParameterOutOfRange`. */
export function readArchiveMembers(members: Members): ArchiveRequest {
  return {
    job: readJobOptions(members),
    filename: readString(members, 'Filename'),
    transcode: checkTransferSyntax(readString(members, 'Transcode')),
    lossyQuality: members.has('LossyQuality') ? readUnsigned(members, 'LossyQuality') : undefined,
    utf8: members.has('Utf8') ? readBoolean(members, 'Utf8', false) : undefined,
    extended: readBoolean(members, 'Extended', false),
    storeOnly: readBoolean(members, 'StoreOnly', false),
  }
}

/** Of one resource: an object, or nothing. Errors: those of `readArchiveMembers`. */
export function parseArchiveRequest(text: string): ArchiveRequest {
  if (text.trim() === '') return readArchiveMembers(new Map())
  const value = parseJson(text)
  if (!isObject(value)) throw new DomainError('BadRequest', 'The body must contain a JSON object')
  return readArchiveMembers(membersOf(value))
}

/** Of several: their ids, or an object that has them. Errors: `BadFileFormat` without any, else as above. */
export function parseBatchRequest(text: string): ArchiveRequest & { readonly resources: readonly string[] } {
  const value = parseJson(text)
  const members: Members = isObject(value) ? membersOf(value) : new Map()
  const resources: unknown = isObject(value) ? members.get('Resources') : value
  if (!isTexts(resources)) throw new DomainError('BadFileFormat', 'Field "Resources" must list the resources')
  return { ...readArchiveMembers(members), resources }
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')

function checkTransferSyntax(uid: string | undefined): string | undefined {
  if (uid !== undefined && transferSyntax(uid) === undefined)
    throw new DomainError('ParameterOutOfRange', 'Unknown transfer syntax')
  return uid
}
