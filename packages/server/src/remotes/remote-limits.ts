/** Bounds on what is kept of remote applications, and on how long they are waited for. Each is exercised by a test. */
export const remoteLimits = {
  /** Pairs of SOP class and transfer syntax that are remembered of a destination. */
  rememberedPairs: 1024,
  /** Destinations of which pairs are remembered. */
  rememberedDestinations: 64,
  /** Milliseconds that a peer is given to answer a release before the association is aborted. */
  releaseTime: 2000,
  /** Milliseconds that an association is kept at least, for the steps of a job follow each other. */
  leastKeptTime: 100,
  /** Bytes of one value that is held in memory while a data set is encoded anew. */
  heldValueBytes: 64 * 1024,
} as const

export type RemoteLimits = { readonly [Name in keyof typeof remoteLimits]: number }
