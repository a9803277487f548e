import {
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  isStorageSopClass,
  uidName,
} from '@kingsfoil/dicom'
import {
  type AssociationDecision,
  findSopClasses,
  rejectReasons,
  verificationSopClassUid,
} from '@kingsfoil/dimse'
import { type Caller, isAllowed, isKnown, type PermissionOptions, sameAeTitle } from './permissions.ts'
import { matchesUid } from './uid-pattern.ts'

export interface AcceptanceOptions extends PermissionOptions {
  readonly aeTitle: string
  /** Associations must call `aeTitle`. */
  readonly checkCalledAeTitle: boolean
  /** Transfer syntaxes of C-STORE, best first. */
  readonly storageSyntaxes: readonly string[]
  /** UIDs with wildcards; undefined: all storage SOP classes. */
  readonly acceptedSopClasses: readonly string[] | undefined
  readonly rejectedSopClasses: readonly string[]
  /** Store what PS3.6 does not know. */
  readonly acceptUnknownSopClasses: boolean
}

/** Who asks for an association, and whom. */
export interface Requestor {
  readonly callingAeTitle: string
  readonly calledAeTitle: string
  readonly remoteAddress: string
}

/** For services without Pixel Data. */
const plainSyntaxes: readonly string[] = [explicitVrLittleEndian, explicitVrBigEndian, implicitVrLittleEndian]

/** Worklists are not ours to answer. */
const searched: ReadonlySet<string> = new Set([findSopClasses.patientRoot, findSopClasses.studyRoot])

/** Decides about an association: why it is rejected, or what it may do. Pure. */
export function decideAcceptance(request: Requestor, options: AcceptanceOptions): AssociationDecision {
  const caller: Caller = { aeTitle: request.callingAeTitle, remoteAddress: request.remoteAddress }
  if (
    options.checkCalledAeTitle &&
    !sameAeTitle(request.calledAeTitle, options.aeTitle, options.strictAeTitles)
  ) {
    return { reject: rejectReasons.calledAeTitleNotRecognized }
  }
  if (options.alwaysAllowed.size === 0 && !isKnown(caller, options)) {
    return { reject: rejectReasons.callingAeTitleNotRecognized }
  }
  const mayEcho = isAllowed('Echo', caller, options)
  const mayFind = isAllowed('Find', caller, options)
  const mayStore = isAllowed('Store', caller, options)
  return {
    transferSyntaxesFor: (abstractSyntax) => {
      if (abstractSyntax === verificationSopClassUid) return mayEcho ? plainSyntaxes : 'refused'
      if (searched.has(abstractSyntax)) return mayFind ? plainSyntaxes : 'refused'
      if (!isStored(abstractSyntax, options)) return undefined
      return mayStore ? options.storageSyntaxes : 'refused'
    },
  }
}

/** Whether instances of a SOP class are taken. */
export function isStored(
  sopClassUid: string,
  options: Pick<AcceptanceOptions, 'acceptedSopClasses' | 'rejectedSopClasses' | 'acceptUnknownSopClasses'>,
): boolean {
  const matches = (pattern: string): boolean => matchesUid(sopClassUid, pattern)
  if (options.rejectedSopClasses.some(matches)) return false
  if (isStorageSopClass(sopClassUid)) return options.acceptedSopClasses?.some(matches) ?? true
  return options.acceptUnknownSopClasses && uidName(sopClassUid) === undefined
}
