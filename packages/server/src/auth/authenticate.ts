import { parseBasic, Users } from './credentials.ts'
import { isLocalHost, isLoopback, isSameOrigin } from './hosts.ts'

/** The options that decide who may come in. */
export interface AccessOptions {
  readonly remoteAccessAllowed: boolean
  readonly authenticationEnabled: boolean
  /** User to password. */
  readonly registeredUsers: Readonly<Record<string, string>>
}

/** What is known of somebody who asks for something. */
export interface Visitor {
  readonly remoteAddress: string | undefined
  /** Whether the request may change anything. */
  readonly mutates: boolean
  readonly host: string | undefined
  readonly origin: string | undefined
  /** `Sec-Fetch-Site` (W3C Fetch Metadata): sent by browsers, never settable by a page. */
  readonly fetchSite: string | undefined
  readonly authorization: string | undefined
}

export type Verdict =
  | { readonly kind: 'granted'; readonly username: string | undefined }
  | { readonly kind: 'unauthenticated' }
  | { readonly kind: 'forbidden'; readonly reason: string }

export type Authenticate = (visitor: Visitor) => Verdict

const unauthenticated: Verdict = { kind: 'unauthenticated' }
const forbidden = (reason: string): Verdict => ({ kind: 'forbidden', reason })

/** Makes the one gate that every request passes. Whatever is not granted explicitly is refused. */
export function createAuthenticate(options: AccessOptions): Authenticate {
  const users = new Users(options.registeredUsers)
  return (visitor) => {
    if (!options.remoteAccessAllowed) {
      if (!isLoopback(visitor.remoteAddress ?? '')) return unauthenticated
      // A foreign name that resolves to this machine: a web page that tries DNS rebinding.
      if (visitor.host !== undefined && !isLocalHost(visitor.host)) return forbidden('Unknown host')
    }
    if (visitor.mutates && isForged(visitor)) return forbidden('Foreign origin')
    if (!options.authenticationEnabled) return { kind: 'granted', username: undefined }
    const credentials = parseBasic(visitor.authorization)
    if (credentials === undefined || !users.check(credentials)) return unauthenticated
    return { kind: 'granted', username: credentials.username }
  }
}

/** Browsers send the user's credentials along with requests that pages of others make (cross-site request forgery). */
function isForged({ origin, host, fetchSite }: Visitor): boolean {
  if (origin !== undefined && !isSameOrigin(origin, host)) return true
  return fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none'
}
