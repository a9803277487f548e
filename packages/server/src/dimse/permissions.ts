/** What a modality may be allowed to ask for. */
export type DicomRequest =
  | 'Echo'
  | 'Find'
  | 'FindWorklist'
  | 'Get'
  | 'Move'
  | 'Store'
  | 'NAction'
  | 'NEventReport'

export interface KnownModality {
  readonly aeTitle: string
  readonly host: string
  readonly allowed: ReadonlySet<DicomRequest>
}

export interface PermissionOptions {
  /** What anybody may ask for. */
  readonly alwaysAllowed: ReadonlySet<DicomRequest>
  readonly modalities: readonly KnownModality[]
  /** A modality is only believed when it calls from its host. */
  readonly checkModalityHost: boolean
  /** Whether upper and lower case of AE titles differ. */
  readonly strictAeTitles: boolean
}

export interface Caller {
  readonly aeTitle: string
  readonly remoteAddress: string
}

export function sameAeTitle(one: string, other: string, strict: boolean): boolean {
  const [left, right] = [one.trim(), other.trim()]
  return strict ? left === right : left.toUpperCase() === right.toUpperCase()
}

/** An IPv4 address that reached a socket for IPv6 is the same address. */
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

/** The modalities that a caller may be. */
function candidates(caller: Caller, options: PermissionOptions): readonly KnownModality[] {
  return options.modalities.filter(
    ({ aeTitle, host }) =>
      sameAeTitle(aeTitle, caller.aeTitle, options.strictAeTitles) &&
      (!options.checkModalityHost || plainAddress(host) === plainAddress(caller.remoteAddress)),
  )
}

export const isKnown = (caller: Caller, options: PermissionOptions): boolean =>
  candidates(caller, options).length > 0

/**
 * Several modalities may share an AE title: with their hosts checked one that allows the request is enough, without
 * that all of them have to.
 */
export function isAllowed(request: DicomRequest, caller: Caller, options: PermissionOptions): boolean {
  if (options.alwaysAllowed.has(request)) return true
  const found = candidates(caller, options)
  const allows = ({ allowed }: KnownModality): boolean => allowed.has(request)
  return options.checkModalityHost ? found.some(allows) : found.length > 0 && found.every(allows)
}
