/** Bounds on what a webhook takes. Each is exercised by a test. */
export const webhookLimits = {
  /** Requests of one hook at the same time, each about another resource. */
  parallel: 4,
  /** Changes of one hook that are in memory. The feed is read on when the oldest ones are delivered. */
  open: 1000,
  /** Bytes of an answer that are read, so that the connection can be used again. */
  answerBytes: 64 * 1024,
  /** Addresses that one attempt is sent on to, one after the other. */
  redirects: 5,
  /** Characters of an error that are noted. */
  errorCharacters: 200,
  /** Milliseconds after the first failure, about, before the next attempt; doubled each time. */
  firstDelay: 1000,
  /** Milliseconds between two attempts at the most. */
  longestDelay: 5 * 60 * 1000,
} as const

export type WebhookLimits = { readonly [Name in keyof typeof webhookLimits]: number }
