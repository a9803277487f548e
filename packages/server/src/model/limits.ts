/** Bounds on what strangers may send. Each is exercised by a test. */
export const limits = {
  /** Bytes before Pixel Data that are parsed to answer a question about one instance. */
  headerBytes: 128 * 1024 * 1024,
  /** Bytes of the head of an instance that ingest holds before it starts to write. */
  headBytes: 1024 * 1024,
  /** Bytes of one value that ingest keeps in memory. */
  valueBytes: 64 * 1024,
  /** Characters of one main DICOM tag in the catalog; longer values stay in the file alone. */
  mainTagCharacters: 256,
  /** Characters of a Study, Series or SOP Instance UID: four times what PS3.5 6.2 allows. */
  uidCharacters: 256,
  /** Bytes of a JSON or text body of the REST API. */
  jsonBodyBytes: 4 * 1024 * 1024,
  /** Characters, as JSON, of what a client wants to be kept with a job. */
  userDataCharacters: 64 * 1024,
  /** Objects and lists of it, one in the other. */
  userDataDepth: 100,
  /** Tags, metadata and labels that one search may constrain, and tags that it may order by or ask for. */
  queryTerms: 256,
  /** Values of all lists of one search. */
  queryValues: 10_000,
  /** Values with wildcards of one search, and characters of each. */
  queryWildcards: 64,
  wildcardCharacters: 1024,
  /** Rows that one search may look at, and files that it may read, before it gives up. */
  searchedRows: 1_000_000,
  searchedFiles: 20_000,
  /** Frames that all instances of a series together may claim to have, where they are listed one by one. */
  listedFrames: 1_000_000,
  /** Entries of an uploaded ZIP. */
  zipEntries: 100_000,
} as const
