export type StatusCategory = 'success' | 'pending' | 'cancel' | 'warning' | 'failure'

/** General statuses (PS3.7 Annex C). */
export const statuses = {
  success: 0x0000,
  pending: 0xff00,
  pendingWithWarning: 0xff01,
  cancel: 0xfe00,
  // C.3, warnings
  requestedOptionalAttributesNotSupported: 0x0001,
  attributeListError: 0x0107,
  attributeValueOutOfRange: 0x0116,
  // C.5, failures
  invalidAttributeValue: 0x0106,
  processingFailure: 0x0110,
  duplicateSopInstance: 0x0111,
  noSuchObjectInstance: 0x0112,
  noSuchEventType: 0x0113,
  noSuchArgument: 0x0114,
  invalidArgumentValue: 0x0115,
  invalidObjectInstance: 0x0117,
  noSuchSopClass: 0x0118,
  classInstanceConflict: 0x0119,
  missingAttribute: 0x0120,
  missingAttributeValue: 0x0121,
  sopClassNotSupported: 0x0122,
  noSuchActionType: 0x0123,
  notAuthorized: 0x0124,
  duplicateInvocation: 0x0210,
  unrecognizedOperation: 0x0211,
  mistypedArgument: 0x0212,
  resourceLimitation: 0x0213,
  // PS3.4 Table B.2-1, storage; Table C.4-1, C-FIND
  outOfResources: 0xa700,
  dataSetDoesNotMatchSopClass: 0xa900,
  cannotUnderstand: 0xc000,
  coercionOfDataElements: 0xb000,
  elementsDiscarded: 0xb006,
  dataSetDoesNotMatchSopClassWarning: 0xb007,
} as const

/** Statuses that announce more responses. */
export type PendingStatus = typeof statuses.pending | typeof statuses.pendingWithWarning

export function isPending(status: number): status is PendingStatus {
  return status === statuses.pending || status === statuses.pendingWithWarning
}

const warnings: ReadonlySet<number> = new Set([
  statuses.requestedOptionalAttributesNotSupported,
  statuses.attributeListError,
  statuses.attributeValueOutOfRange,
])

/** The kind of a status, by the ranges of PS3.7 Annex C: Bxxx warns, FF00 and FF01 announce more responses. */
export function statusCategory(status: number): StatusCategory {
  if (status === statuses.success) return 'success'
  if (isPending(status)) return 'pending'
  if (status === statuses.cancel) return 'cancel'
  return status >>> 12 === 0xb || warnings.has(status) ? 'warning' : 'failure'
}
