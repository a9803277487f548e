import { createHmac } from 'node:crypto'

/** What a receiver needs to know where a message is from, when, and whether it came before. */
export interface Message {
  readonly deliveryId: string
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly body: string
}

/** HMAC-SHA256 over `<delivery id>.<timestamp>.<body>`, in hexadecimal. */
export const sign = ({ deliveryId, timestamp, body }: Message, secret: string): string =>
  createHmac('sha256', secret).update(`${deliveryId}.${timestamp}.${body}`).digest('hex')
