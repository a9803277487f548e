import type { Tag } from './tag.ts'

/** Deviations from the standard that the reader puts up with, and what it makes of each. */
export const warningCodes = {
  NoPreamble: 'The file does not begin with a preamble (PS3.10 7.1)',
  NoFileMeta: 'There is no file meta information; the encoding was guessed (PS3.10 7.1)',
  NoTransferSyntax: 'Transfer Syntax UID is missing; the encoding was guessed (PS3.10 7.1)',
  UnknownTransferSyntax: 'Transfer Syntax UID is not in PS3.6; the encoding was guessed',
  WrongTransferSyntax:
    'The data set is not in the encoding that Transfer Syntax UID names; the encoding was guessed',
  ImplicitFileMeta: 'The file meta information has implicit VRs (PS3.10 7.1)',
  WrongMetaLength: 'File Meta Information Group Length is wrong (PS3.10 7.1); the group was read to its end',
  NotAscending: 'Elements are not in ascending order (PS3.5 7.1); they were sorted',
  DuplicateElement: 'An element occurs twice (PS3.5 7.1); the first was kept',
  UnknownVr: 'The VR is not in PS3.5 Table 6.2-1; it was taken for UN',
  ImplicitElement: 'An element of an explicit VR data set has no VR; it was read as implicit',
  OddLength: 'A value has an odd length (PS3.5 7.1.1)',
  UnexpectedUndefinedLength: 'Only sequences and Pixel Data may have undefined length (PS3.5 7.1.2)',
  LengthOverrun: 'A value is longer than the item or sequence around it; it was cut there',
  MissingDelimiter: 'A delimitation item is missing (PS3.5 7.5.1)',
  StrayDelimiter: 'A delimitation item without a sequence was left out (PS3.5 7.5.1)',
  NotAnItem: 'Bytes of a sequence that are not an item were left out (PS3.5 7.5.1)',
  TruncatedPixelData: 'The stream ended inside Pixel Data',
  TrailingBytes: 'Bytes after the last element were left out',
} as const satisfies Record<string, string>

export type WarningCode = keyof typeof warningCodes

/** A tolerated deviation. `offset` in bytes from the start of the stream. */
export interface Warning {
  readonly code: WarningCode
  readonly message: string
  readonly tag?: Tag
  readonly offset?: number
}
