import type { Happening } from './change.ts'

/** Somebody outside who is told of changes, as configured. */
export interface Webhook {
  /** http or https. */
  readonly url: string
  /** Undefined: all. */
  readonly types: readonly Happening['type'][] | undefined
  /** Undefined: all. */
  readonly levels: readonly Happening['level'][] | undefined
  /** Undefined: what is sent has no signature. */
  readonly secret: string | undefined
  /** Whether the receiver may be in the local network, or on this machine. */
  readonly allowPrivateAddresses: boolean
  /** Whether a receiver may send requests on to another address, which is held to the same rules. */
  readonly followRedirects: boolean
  /** Seconds that an attempt may take. */
  readonly timeout: number
  /** Attempts at a change, since the server started, after which it is given up; 0: never. */
  readonly maximumAttempts: number
  /** Seconds since a change after which no failed attempt is followed by another; 0: never. */
  readonly maximumAge: number
}

/** One try to deliver a change. */
export interface DeliveryAttempt {
  /** The same for all attempts at the same change: 32 hexadecimal digits. */
  readonly deliveryId: string
  /** Of the change. */
  readonly sequence: number
  /** 1 for the first since the server started. */
  readonly attempt: number
  /** UTC, `YYYYMMDDTHHMMSS`. */
  readonly date: string
  readonly milliseconds: number
  /** Undefined when there was no answer. */
  readonly httpStatus: number | undefined
  /** Undefined when it was delivered. */
  readonly error: string | undefined
}

export interface LoggedAttempt extends DeliveryAttempt {
  /** Ascending, never given twice. */
  readonly key: number
}

export interface DeliveryPage {
  readonly attempts: readonly LoggedAttempt[]
  readonly done: boolean
  /** Key to go on from. */
  readonly last: number
}

export interface DeliveryState {
  /** Every wanted change up to this sequence number was delivered. */
  readonly cursor: number
  readonly lastFailure: LoggedAttempt | undefined
}
