import { hash, timingSafeEqual } from 'node:crypto'

interface Credentials {
  readonly username: string
  readonly password: string
}

const basic = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i

/** Reads an `Authorization` header of the Basic scheme (RFC 7617). */
export function parseBasic(header: string | undefined): Credentials | undefined {
  const match = basic.exec(header ?? '')
  if (match?.[1] === undefined) return undefined
  const text = Buffer.from(match[1], 'base64').toString()
  const colon = text.indexOf(':')
  if (colon < 0) return undefined
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}

const digest = (text: string): Buffer => hash('sha256', text, 'buffer')

const unknownUser = digest('')

/** Users and their passwords. Checking takes as long for an unknown user, or a long shared prefix, as otherwise. */
export class Users {
  readonly #digests: ReadonlyMap<string, Buffer>

  constructor(passwords: Readonly<Record<string, string>>) {
    this.#digests = new Map(Object.entries(passwords).map(([name, password]) => [name, digest(password)]))
  }

  check({ username, password }: Credentials): boolean {
    const expected = this.#digests.get(username)
    const same = timingSafeEqual(digest(password), expected ?? unknownUser)
    return same && expected !== undefined
  }
}
