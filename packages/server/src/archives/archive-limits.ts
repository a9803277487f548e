/** Bounds on what an archive takes. Each is exercised by a test. */
export const archiveLimits = {
  /** Bytes of the name of a folder: file systems take 255, and some are left to tell namesakes apart. */
  nameBytes: 240,
  /** Bytes of content that are compressed at a time, about. */
  pieceBytes: 512 * 1024,
  /** Files up to this size are complete before anything of them is sent: their headers tell all, and they can be left out. */
  wholeBytes: 4 * 1024 * 1024,
  /** Bytes of content that are read ahead of the receiver of an archive, and pieces of it. */
  windowBytes: 8 * 1024 * 1024,
  windowPieces: 256,
  /** The same of all archives together; each may have one piece beyond it. */
  aheadBytes: 48 * 1024 * 1024,
  /** Pieces that are compressed at the same time, in all archives together: the threads that do it also read and sync files. */
  parallelPieces: 3,
  /** Bytes of content after which a step of a plan ends, and files that it has at the most. */
  stepBytes: 32 * 1024 * 1024,
  stepFiles: 1000,
  /** Checksums of files that are remembered. */
  checksums: 50_000,
} as const

export type ArchiveLimits = { readonly [Name in keyof typeof archiveLimits]: number }
