/** What one message may cost. */
export interface MessageLimits {
  /** Bytes of a command set; the largest that PS3.7 allows to compose is far smaller. */
  readonly maxCommandLength: number
  /** Fragments without data in one message; none is useful. */
  readonly maxEmptyFragments: number
  /** Bytes of a data set. */
  readonly maxDataSetLength: number
  /** Bytes read and dropped after a handler has returned early; then the association is aborted. */
  readonly maxDiscardedLength: number
  /** Bytes of the identifier of a request, which is gathered in memory. */
  readonly maxIdentifierLength: number
  /** Bytes of a response's data set, which is gathered in memory. */
  readonly maxResponseDataSetLength: number
  /** Bytes of received data sets, or of responses, waiting for who reads them, above which the socket is not read. */
  readonly maxQueuedLength: number
  /** Requests waiting while as many as the asynchronous operations window allows are being handled. */
  readonly maxQueuedRequests: number
}

export const defaultMessageLimits: MessageLimits = {
  maxCommandLength: 64 * 1024,
  maxEmptyFragments: 64,
  maxDataSetLength: 2 ** 36,
  maxDiscardedLength: 2 ** 32,
  maxIdentifierLength: 1024 * 1024,
  maxResponseDataSetLength: 16 * 1024 * 1024,
  maxQueuedLength: 1024 * 1024,
  maxQueuedRequests: 8,
}
