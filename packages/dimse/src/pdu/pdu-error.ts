import { type AbortReason, abortReasons } from './reasons.ts'

/** What can be wrong with received PDUs, and the A-ABORT reason that tells the peer (PS3.8 Table 9-26). */
const reasonsByCode = {
  unrecognizedPdu: abortReasons.unrecognizedPdu,
  unexpectedPdu: abortReasons.unexpectedPdu,
  unrecognizedParameter: abortReasons.unrecognizedPduParameter,
  unexpectedParameter: abortReasons.unexpectedPduParameter,
  invalidParameter: abortReasons.invalidPduParameterValue,
} as const satisfies Record<string, AbortReason>

export type PduErrorCode = keyof typeof reasonsByCode

export class PduError extends Error {
  readonly code: PduErrorCode
  readonly abortReason: AbortReason

  constructor(code: PduErrorCode, message: string) {
    super(message)
    this.name = 'PduError'
    this.code = code
    this.abortReason = reasonsByCode[code]
  }
}
