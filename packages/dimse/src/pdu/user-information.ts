/** PS3.7 D.3.3.4. */
export interface RoleSelection {
  readonly sopClassUid: string
  readonly scuRole: boolean
  readonly scpRole: boolean
}

/** Service-class application information is not interpreted here (PS3.7 D.3.3.5). */
export interface ExtendedNegotiation {
  readonly sopClassUid: string
  readonly applicationInformation: Uint8Array
}

/** PS3.7 D.3.3.6. */
export interface CommonExtendedNegotiation {
  readonly sopClassUid: string
  readonly serviceClassUid: string
  readonly relatedGeneralSopClassUids: readonly string[]
}

/** 0 means unlimited (PS3.7 D.3.3.3). */
export interface AsynchronousOperationsWindow {
  readonly invoked: number
  readonly performed: number
}

/** PS3.7 D.3.3.7.1: type 1 user name, 2 user name and passcode, 3 Kerberos, 4 SAML, 5 JSON Web Token. */
export interface UserIdentity {
  readonly type: number
  readonly positiveResponseRequested: boolean
  readonly primaryField: Uint8Array
  /** The passcode of type 2, else empty. */
  readonly secondaryField: Uint8Array
}

export interface UnknownSubItem {
  readonly code: number
  readonly bytes: Uint8Array
}

/** User information item with its sub-items (PS3.8 Annex D, PS3.7 Annex D.3.3). */
export interface UserInformation {
  /** Longest P-DATA-TF variable field that the sender of this item receives, in bytes; 0 is unlimited. */
  readonly maximumLength?: number | undefined
  readonly implementationClassUid?: string | undefined
  readonly implementationVersionName?: string | undefined
  readonly asynchronousOperationsWindow?: AsynchronousOperationsWindow | undefined
  readonly roleSelections: readonly RoleSelection[]
  readonly extendedNegotiations: readonly ExtendedNegotiation[]
  readonly commonExtendedNegotiations: readonly CommonExtendedNegotiation[]
  readonly userIdentity?: UserIdentity | undefined
  /** The acceptor's answer to a user identity, if it asked for one (PS3.7 D.3.3.7.2). */
  readonly userIdentityResponse?: Uint8Array | undefined
  readonly unknownItems: readonly UnknownSubItem[]
}
