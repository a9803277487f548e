import { lookup as resolveName } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import { isPrivateAddress } from './private-address.ts'

export class PrivateAddress extends Error {
  constructor(host: string) {
    super(`${host} is a private address`)
    this.name = 'PrivateAddress'
  }
}

/**
 * Resolves names to public addresses alone. What it answers is what is connected to: the name is not resolved again,
 * so it cannot mean something else then.
 */
export function publicLookup(resolve: typeof resolveName = resolveName): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '')
      const [first] = addresses
      if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address))) {
        return callback(new PrivateAddress(hostname), '')
      }
      if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/** Connects to public addresses alone. Errors: `PrivateAddress`. */
export function publicConnector(timeout: number, lookup = publicLookup()): buildConnector.connector {
  const connect = buildConnector({ timeout, lookup })
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    // What is an address already is not looked up.
    if (isIP(host) !== 0 && isPrivateAddress(host)) callback(new PrivateAddress(host), null)
    else connect(options, callback)
  }
}
