/** Metadata known to every installation, with the numbers that clients may use instead of the names. */
export const systemMetadata = {
  IndexInSeries: 1,
  ReceptionDate: 2,
  RemoteAET: 3,
  ExpectedNumberOfInstances: 4,
  ModifiedFrom: 5,
  AnonymizedFrom: 6,
  LastUpdate: 7,
  Origin: 8,
  TransferSyntax: 9,
  SopClassUid: 10,
  RemoteIP: 11,
  CalledAET: 12,
  HttpUsername: 13,
  PixelDataOffset: 14,
  MainDicomTagsSignature: 15,
  MainDicomSequences: 16,
  PixelDataVR: 17,
  IsProtected: 18,
  PatientRecyclingOrder: 19,
} as const satisfies Record<string, number>

export type SystemMetadataName = keyof typeof systemMetadata

/** First number open to users (`UserMetadata`); smaller ones are the server's. */
export const firstUserMetadata = 1024

/** Last one; attachments have the same range (`UserContentType`). */
export const lastUserMetadata = 65_535

export const isUserNumber = (number: number): boolean =>
  number >= firstUserMetadata && number <= lastUserMetadata

/** Metadata of one resource: number to value. */
export type Metadata = Readonly<Record<number, string>>
