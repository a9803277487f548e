/** A message that breaks PS3.7 or PS3.8 Annex E so that the association cannot go on: it is aborted. */
export class DimseProtocolError extends Error {
  override readonly name = 'DimseProtocolError'
}

/** The association ended, or was never established, while something depended on it. */
export class AssociationError extends Error {
  override readonly name: string = 'AssociationError'
}

interface Failure {
  readonly status: number
  readonly errorComment: string | undefined
  /** Tags that the status is about. */
  readonly offendingElements: readonly number[]
}

/** The peer answered an operation of this side with a failure status. */
export class OperationFailedError extends Error {
  override readonly name = 'OperationFailedError'
  readonly status: number
  readonly errorComment: string | undefined
  readonly offendingElements: readonly number[]

  constructor(message: string, { status, errorComment, offendingElements }: Failure) {
    const code = status.toString(16).padStart(4, '0').toUpperCase()
    super(`${message} failed with status ${code}H${errorComment ? `: ${errorComment}` : ''}`)
    this.status = status
    this.errorComment = errorComment
    this.offendingElements = offendingElements
  }
}

/** An error with the status that the peer shall see. Any error with a numeric `dimseStatus` works the same way. */
export class DimseStatusError extends Error {
  override readonly name = 'DimseStatusError'
  readonly dimseStatus: number

  /** `message` is sent to the peer as Error Comment. */
  constructor(dimseStatus: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.dimseStatus = dimseStatus
  }
}
