/** Bounds on what clients may send over HTTP. Each is exercised by a test. */
export const httpLimits = {
  /** Bytes of a request line and its headers together. */
  headerBytes: 16 * 1024,
  /** Characters of one segment of a URI. */
  segmentCharacters: 256,
  /** Bytes per second that a request body has to bring on average, once `graceSeconds` have passed. */
  bodyBytesPerSecond: 1024,
  graceSeconds: 30,
  /** Bytes of a refused body that are still read, so that the client gets to read the answer. */
  discardedBytes: 64 * 1024 * 1024,
  /** Bytes of a text body. */
  textBytes: 64 * 1024,
  /** Bytes of a list of resources. */
  batchBytes: 16 * 1024 * 1024,
  /** Parts of a multipart body. */
  multipartParts: 100_000,
  /** Bytes of the headers of one part. */
  partHeaderBytes: 8 * 1024,
  /** Entries of a ZIP. */
  zipEntries: 100_000,
  /** An archive may grow to `zipFreeBytes`, and beyond that to `zipRatio` times its own size. */
  zipFreeBytes: 4 * 1024 * 1024 * 1024,
  zipRatio: 200,
  /** Bytes from which an answer is worth compressing. */
  compressedBytes: 2048,
  /** Streams of events at the same time. */
  eventStreams: 100,
  /** Changes that one of them has in memory at a time. */
  eventPage: 100,
  /** Seconds of silence after which it says that it is still there. */
  heartbeatSeconds: 15,
  /** Attempts of a webhook, or lines of a job's log, in one answer. */
  listedRows: 1000,
} as const

export type HttpLimits = { readonly [Name in keyof typeof httpLimits]: number }
