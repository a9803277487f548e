import type { RejectReason } from './reasons.ts'
import type { UserInformation } from './user-information.ts'

/** PDU types (PS3.8 9.3.1). */
export const pduTypes = {
  associateRequest: 0x01,
  associateAccept: 0x02,
  associateReject: 0x03,
  dataTransfer: 0x04,
  releaseRequest: 0x05,
  releaseReply: 0x06,
  abort: 0x07,
} as const

/** Type byte, reserved byte and 32-bit length before the variable field of every PDU. */
export const pduHeaderLength = 6

/** 32-bit length, presentation context ID and message control header before the data of a PDV (PS3.8 9.3.5.1, E.2). */
export const pdvHeaderLength = 6

/** Bytes of the length at the start of a PDV, which counts what follows it. */
export const pdvLengthLength = 4

/** Bits of the message control header (PS3.8 E.2). */
export const controlBits = { command: 1, last: 2 } as const

export interface ProposedContext {
  /** Odd, 1 to 255. */
  readonly id: number
  readonly abstractSyntax: string
  /** In the requestor's order. */
  readonly transferSyntaxes: readonly string[]
}

export interface ContextOutcome {
  readonly id: number
  /** PS3.8 Table 9-18. */
  readonly result: number
  /** Not significant unless accepted. */
  readonly transferSyntax: string
}

interface AssociateHeader {
  /** A bit mask; bit 0 is version 1. */
  readonly protocolVersion: number
  readonly calledAeTitle: string
  readonly callingAeTitle: string
  readonly applicationContextName: string
  readonly userInformation: UserInformation
}

export interface AssociateRequest extends AssociateHeader {
  readonly type: 'A-ASSOCIATE-RQ'
  readonly presentationContexts: readonly ProposedContext[]
}

export interface AssociateAccept extends AssociateHeader {
  readonly type: 'A-ASSOCIATE-AC'
  readonly presentationContexts: readonly ContextOutcome[]
}

export interface AssociateReject extends RejectReason {
  readonly type: 'A-ASSOCIATE-RJ'
}

export interface Abort {
  readonly type: 'A-ABORT'
  readonly source: number
  readonly reason: number
}

/** Every PDU but P-DATA-TF, whose content is never gathered into one value. */
export type ControlPdu =
  | AssociateRequest
  | AssociateAccept
  | AssociateReject
  | { readonly type: 'A-RELEASE-RQ' }
  | { readonly type: 'A-RELEASE-RP' }
  | Abort
