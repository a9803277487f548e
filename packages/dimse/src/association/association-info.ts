import type { CommonExtendedNegotiation, ExtendedNegotiation, UserIdentity } from '../pdu/user-information.ts'

/** The only application context of DICOM (PS3.7 A.2.1). */
export const dicomApplicationContextName = '1.2.840.10008.3.1.1.1'

/** Names this implementation in every association (PS3.7 D.3.3.2). */
export interface Implementation {
  readonly implementationClassUid: string
  /** At most 16 characters. */
  readonly implementationVersionName: string
}

export interface AcceptedContext {
  readonly id: number
  readonly abstractSyntax: string
  readonly transferSyntax: string
  /** The requestor may use the service as SCU (PS3.7 D.3.3.4). */
  readonly requestorIsScu: boolean
  /** The requestor may provide the service as SCP, as the receiver of C-GET does. */
  readonly requestorIsScp: boolean
}

/** What both sides agreed on, and who they are. Texts come from the peer, checked only as far as stated. */
export interface AssociationInfo {
  readonly callingAeTitle: string
  readonly calledAeTitle: string
  readonly remoteAddress: string
  readonly remotePort: number
  readonly isRequestor: boolean
  /** By presentation context ID. */
  readonly contexts: ReadonlyMap<number, AcceptedContext>
  /** Of the peer; 0 is unlimited. */
  readonly peerMaximumLength: number
  readonly peerImplementationClassUid: string | undefined
  readonly peerImplementationVersionName: string | undefined
  /** How many requests each side may have outstanding; 0 is unlimited (PS3.7 D.3.3.3). */
  readonly maxInvokedByRequestor: number
  readonly maxInvokedByAcceptor: number
  /** The peer's. */
  readonly extendedNegotiations: readonly ExtendedNegotiation[]
  readonly commonExtendedNegotiations: readonly CommonExtendedNegotiation[]
  /** What the requestor sent. */
  readonly userIdentity: UserIdentity | undefined
  /** What the acceptor answered to it. */
  readonly userIdentityResponse: Uint8Array | undefined
}
