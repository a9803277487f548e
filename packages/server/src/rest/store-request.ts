import { DomainError } from '../model/domain-error.ts'
import {
  isObject,
  type Members,
  membersOf,
  parseJson,
  readBoolean,
  readString,
  readStrings,
  readUnsigned,
} from './body/json-body.ts'
import { type JobOptions, readJobOptions } from './job-request.ts'

/** What a client wants to be sent to a modality, and how. */
export interface StoreRequest {
  readonly job: JobOptions
  /** Ids; at least one, each once. */
  readonly resources: readonly string[]
  /** In place of the modality's own data. */
  readonly changes: {
    readonly host?: string
    readonly port?: number
    readonly calledAeTitle?: string
    readonly callingAeTitle?: string
    readonly timeout?: number
  }
  /** Without an AE title, the one that calls is the originator. */
  readonly moveOriginator: { readonly aeTitle: string | undefined; readonly messageId: number } | undefined
}

/**
 * A body of POST /modalities/{id}/store: an id as text, a list of ids, or an object.
 * Errors: `BadRequest`, `ParameterOutOfRange`, `NotImplemented` for storage commitment.
 */
export function parseStoreRequest(text: string): StoreRequest {
  const plain = text.trim()
  const value = /^[0-9a-f-]{44}$/.test(plain) ? plain : parseJson(text)
  if (typeof value === 'string') return readStoreMembers(new Map([['Resources', [value]]]))
  if (Array.isArray(value)) return readStoreMembers(new Map([['Resources', value]]))
  if (isObject(value)) return readStoreMembers(membersOf(value))
  throw new DomainError('BadRequest', 'The body must be the id of a resource, a list of ids, or an object')
}

function readStoreMembers(members: Members): StoreRequest {
  const resources = [...new Set(readStrings(members, 'Resources') ?? [])]
  if (resources.length === 0) throw new DomainError('BadRequest', 'Field "Resources" must name a resource')
  if (readBoolean(members, 'StorageCommitment', false)) {
    throw new DomainError('NotImplemented', 'Storage commitment')
  }
  return {
    job: readJobOptions(members),
    resources,
    changes: readChanges(members),
    moveOriginator: readMoveOriginator(members),
  }
}

function readChanges(members: Members): StoreRequest['changes'] {
  const [host, port, timeout] = [readString(members, 'Host'), readPort(members), readTimeout(members)]
  const calledAeTitle = readAeTitle(members, 'CalledAet')
  const callingAeTitle = readAeTitle(members, 'LocalAet')
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(calledAeTitle !== undefined && { calledAeTitle }),
    ...(callingAeTitle !== undefined && { callingAeTitle }),
    ...(timeout !== undefined && { timeout }),
  }
}

function readMoveOriginator(members: Members): StoreRequest['moveOriginator'] {
  const aeTitle = readAeTitle(members, 'MoveOriginatorAet')
  if (!members.has('MoveOriginatorID')) return undefined
  const messageId = readUnsigned(members, 'MoveOriginatorID')
  if (messageId > 0xffff) throw new DomainError('ParameterOutOfRange', 'MoveOriginatorID')
  return { aeTitle, messageId }
}

/** Seconds; undefined when nothing is said. Errors: `BadRequest`, `ParameterOutOfRange`. */
export const readTimeout = (members: Members): number | undefined =>
  members.has('Timeout') ? readUnsigned(members, 'Timeout') : undefined

function readPort(members: Members): number | undefined {
  if (!members.has('Port')) return undefined
  const port = readUnsigned(members, 'Port')
  if (port < 1 || port > 65_535) throw new DomainError('ParameterOutOfRange', 'Port')
  return port
}

/** PS3.5 6.2, VR AE. Empty is as good as nothing. */
function readAeTitle(members: Members, name: string): string | undefined {
  const title = readString(members, name)
  if (title === undefined || title === '') return undefined
  if (/^(?=.*[^ ])[ -[\]-~]{1,16}$/.test(title)) return title
  throw new DomainError('ParameterOutOfRange', `${name} must be an AE title of 1 to 16 characters`)
}
