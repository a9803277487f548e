/** What a peer may send before it is cut off. */
export interface PduLimits {
  /** Bytes of the variable field of an A-ASSOCIATE-RQ or -AC. */
  readonly maxAssociateLength: number
  /** Presentation contexts; odd identifiers of one byte allow 128 (PS3.8 9.3.2.2). */
  readonly maxPresentationContexts: number
  /** Items in one list: top-level items, sub-items of a context or of the user information. */
  readonly maxItems: number
}

export const defaultPduLimits: PduLimits = {
  maxAssociateLength: 1024 * 1024,
  maxPresentationContexts: 128,
  maxItems: 1024,
}
