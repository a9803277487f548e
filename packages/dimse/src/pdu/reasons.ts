/** Source of an A-ABORT (PS3.8 Table 9-26). */
export const abortSources = { serviceUser: 0, serviceProvider: 2 } as const

export type AbortSource = (typeof abortSources)[keyof typeof abortSources]

/** Reason of an A-ABORT sent by the service provider; 0 when the service user aborts (PS3.8 Table 9-26). */
export const abortReasons = {
  notSpecified: 0,
  unrecognizedPdu: 1,
  unexpectedPdu: 2,
  unrecognizedPduParameter: 4,
  unexpectedPduParameter: 5,
  invalidPduParameterValue: 6,
} as const

export type AbortReason = (typeof abortReasons)[keyof typeof abortReasons]

/** One way to refuse an association: result, source and reason together (PS3.8 Table 9-21). */
export interface RejectReason {
  /** 1 rejected-permanent, 2 rejected-transient. */
  readonly result: number
  /** 1 service-user, 2 service-provider (ACSE), 3 service-provider (presentation). */
  readonly source: number
  readonly reason: number
}

/** The refusals of PS3.8 Table 9-21, each with the result that fits it. */
export const rejectReasons = {
  noReasonGiven: { result: 1, source: 1, reason: 1 },
  applicationContextNameNotSupported: { result: 1, source: 1, reason: 2 },
  callingAeTitleNotRecognized: { result: 1, source: 1, reason: 3 },
  calledAeTitleNotRecognized: { result: 1, source: 1, reason: 7 },
  providerNoReasonGiven: { result: 1, source: 2, reason: 1 },
  protocolVersionNotSupported: { result: 1, source: 2, reason: 2 },
  temporaryCongestion: { result: 2, source: 3, reason: 1 },
  localLimitExceeded: { result: 2, source: 3, reason: 2 },
} as const satisfies Record<string, RejectReason>

/** Result of one presentation context (PS3.8 Table 9-18). */
export const contextResults = {
  acceptance: 0,
  userRejection: 1,
  noReason: 2,
  abstractSyntaxNotSupported: 3,
  transferSyntaxesNotSupported: 4,
} as const

export type ContextResult = (typeof contextResults)[keyof typeof contextResults]
