interface ErrorRow {
  /** `OrthancStatus` of the error body. */
  readonly status: number
  readonly httpStatus: number
  /** DIMSE status (PS3.7 Annex C, PS3.4 B.2.3). */
  readonly dimseStatus: number
  readonly message: string
}

const row = (status: number, httpStatus: number, dimseStatus: number, message: string): ErrorRow => ({
  status,
  httpStatus,
  dimseStatus,
  message,
})

/** Every error a client can meet, with what each edge makes of it. */
export const errors = {
  InternalError: row(-1, 500, 0x0110, 'Internal error'),
  NotImplemented: row(2, 500, 0x0110, 'Not implemented yet'),
  ParameterOutOfRange: row(3, 400, 0xc000, 'Parameter out of range'),
  NotEnoughMemory: row(4, 503, 0xa700, 'Not enough memory'),
  BadParameterType: row(5, 400, 0xc000, 'Bad type for a parameter'),
  BadSequenceOfCalls: row(6, 500, 0x0110, 'Bad sequence of calls'),
  InexistentItem: row(7, 404, 0x0112, 'Accessing an inexistent item'),
  BadRequest: row(8, 400, 0xc000, 'Bad request'),
  NetworkProtocol: row(9, 500, 0x0110, 'Error in the network protocol'),
  Database: row(11, 500, 0xa700, 'Error with the database engine'),
  UriSyntax: row(12, 400, 0xc000, 'Badly formatted URI'),
  InexistentFile: row(13, 404, 0x0112, 'Inexistent file'),
  CannotWriteFile: row(14, 500, 0xa700, 'Cannot write to file'),
  BadFileFormat: row(15, 400, 0xc000, 'Bad file format'),
  Timeout: row(16, 500, 0x0110, 'Timeout'),
  UnknownResource: row(17, 404, 0x0112, 'Unknown resource'),
  IncompatibleDatabaseVersion: row(18, 500, 0x0110, 'Incompatible version of the database'),
  FullStorage: row(19, 507, 0xa700, 'The file storage is full'),
  CorruptedFile: row(20, 500, 0x0110, 'Corrupted file (e.g. inconsistent MD5 hash)'),
  InexistentTag: row(21, 404, 0x0112, 'Inexistent tag'),
  ReadOnly: row(22, 500, 0x0124, 'Cannot modify a read-only data structure'),
  UnknownDicomTag: row(27, 500, 0xc000, 'Unknown DICOM tag'),
  UnknownQueryTag: row(27, 400, 0xc000, 'Unknown DICOM tag'),
  BadJson: row(28, 400, 0xc000, 'Cannot parse a JSON document'),
  Unauthorized: row(29, 401, 0x0124, 'Bad credentials were provided to an HTTP request'),
  NotAcceptable: row(
    34,
    406,
    0x0110,
    'Cannot send a response which is acceptable according to the Accept HTTP header',
  ),
  DatabaseUnavailable: row(
    36,
    503,
    0xa700,
    'The database is currently not available (probably a transient situation)',
  ),
  CanceledJob: row(37, 500, 0xfe00, 'This job was canceled'),
  BadRange: row(41, 416, 0xc000, 'Incorrect range request'),
  Revision: row(
    43,
    409,
    0x0110,
    'A bad revision number was provided, which might indicate conflict between multiple writers',
  ),
  ForbiddenAccess: row(45, 403, 0x0124, 'Access to a resource is forbidden'),
  DuplicateResource: row(46, 409, 0x0111, 'Duplicate resource'),
  HttpPortInUse: row(2003, 500, 0x0110, 'The TCP port of the HTTP server is privileged or already in use'),
  DicomPortInUse: row(2004, 500, 0x0110, 'The TCP port of the DICOM server is privileged or already in use'),
  SopClassMismatch: row(
    2014,
    400,
    0xa900,
    'The data set does not match the SOP class and instance of the command',
  ),
  NoPresentationContext: row(
    2015,
    500,
    0x0122,
    'Unable to negotiate any of the requested presentation contexts',
  ),
  RequestTooLarge: row(8, 413, 0xa700, 'The request body is too large'),
  LengthRequired: row(8, 411, 0xc000, 'The length of the request body is not given'),
  CannotOrderSlices: row(2040, 500, 0x0110, 'Unable to order the slices of the series'),
  UnsupportedMediaType: row(3000, 415, 0x0110, 'Unsupported media type'),
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errors
