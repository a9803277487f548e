import {
  deflatedExplicitVrLittleEndian,
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  transferSyntaxes,
} from '@kingsfoil/dicom'
import { matchesUid } from './uid-pattern.ts'

/** Groups of transfer syntaxes that have a switch of their own. */
export type SyntaxGroup =
  | 'deflated'
  | 'jpeg'
  | 'jpegLs'
  | 'jpeg2000'
  | 'jpip'
  | 'mpeg2'
  | 'mpeg4'
  | 'hevc'
  | 'rle'

/** What of `1.2.840.10008.1.2` is in which group. */
const groupPatterns: Readonly<Record<SyntaxGroup, RegExp>> = {
  deflated: /^\.1\.99$/,
  jpeg: /^\.4\.(5\d|6\d|70)$/,
  jpegLs: /^\.4\.8[01]$/,
  jpeg2000: /^\.4\.9[0-3]$/,
  jpip: /^\.4\.9[45]$/,
  mpeg2: /^\.4\.10[01](\.|$)/,
  mpeg4: /^\.4\.10[2-6](\.|$)/,
  hevc: /^\.4\.10[78]$/,
  rle: /^\.5$/,
}

const syntaxRoot = '1.2.840.10008.1.2'

/** Nothing that a C-STORE could carry: live video (PS3.5 A.9), and files of another format. */
const notForStorage = /^(\.7\.\d|1\.2\.840\.10008\.1\.20)$/

/** The acceptor's order decides: those that everybody can read come first. */
const first: readonly string[] = [
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  deflatedExplicitVrLittleEndian,
  explicitVrBigEndian,
]

export interface SyntaxOptions {
  /** UIDs with the wildcards `*` and `?`. */
  readonly patterns: readonly string[]
  /** Groups that are switched off. */
  readonly refusedGroups: ReadonlySet<SyntaxGroup>
}

/** The transfer syntaxes to accept instances in, best first. */
export function acceptedSyntaxes({ patterns, refusedGroups }: SyntaxOptions): readonly string[] {
  const known = transferSyntaxes.map(({ uid }) => uid).filter((uid) => !first.includes(uid))
  return [...first, ...known].filter((uid) => {
    const suffix = uid.startsWith(`${syntaxRoot}.`) ? uid.slice(syntaxRoot.length) : uid
    if (notForStorage.test(suffix)) return false
    if ([...refusedGroups].some((group) => groupPatterns[group].test(suffix))) return false
    return patterns.some((pattern) => matchesUid(uid, pattern))
  })
}
