import type { DataSet, Encoding } from '../data-set/data-set.ts'
import { guessEncoding } from '../encoding/guess-encoding.ts'
import type { WarningLog } from '../encoding/warning-log.ts'
import { DicomError } from '../errors.ts'
import type { Tag } from '../tag.ts'
import {
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  transferSyntax,
} from '../transfer-syntax/transfer-syntax.ts'
import { paddedText } from './text.ts'

const metaGroupLengthTag: Tag = 0x00020000
const transferSyntaxUidTag: Tag = 0x00020010

/** Where the file meta information says that it ends; undefined if it does not. */
export function declaredEnd(fileMeta: DataSet): number | undefined {
  const element = fileMeta.get(metaGroupLengthTag)
  if (element?.value.kind !== 'bytes' || element.length !== 4) return undefined
  const { bytes } = element.value
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, fileMeta.encoding.littleEndian)
  return element.valueOffset + 4 + length
}

/** What the file meta information says of the data set. */
export interface Declared {
  /** Empty if it says nothing. */
  readonly transferSyntaxUid: string
  readonly deflated: boolean
}

export function declaredSyntax(fileMeta: DataSet): Declared {
  const uid = paddedText(fileMeta, transferSyntaxUidTag) ?? ''
  return { transferSyntaxUid: uid, deflated: transferSyntax(uid)?.deflated ?? false }
}

/** An encoding, and the transfer syntax to go by: the declared one unless there is none. */
export interface Settled {
  readonly encoding: Encoding
  readonly transferSyntaxUid: string
}

/**
 * Decides on the encoding of the data set, whose first bytes are `first`.
 * What they look like wins over what is declared, for a data set in the wrong encoding makes no sense at all.
 */
export function settleEncoding(
  declared: Declared,
  first: Uint8Array,
  offset: number,
  warnings: WarningLog,
): Settled {
  const uid = declared.transferSyntaxUid
  const syntax = transferSyntax(uid)
  const guessed = guessEncoding(first)
  if (syntax !== undefined && (guessed === undefined || sameEncoding(syntax, guessed))) {
    return {
      encoding: { explicitVr: syntax.explicitVr, littleEndian: syntax.littleEndian },
      transferSyntaxUid: uid,
    }
  }
  if (syntax !== undefined) warnings.add('WrongTransferSyntax', transferSyntaxUidTag, offset)
  else if (uid !== '') warnings.add('UnknownTransferSyntax', transferSyntaxUidTag, offset)
  if (guessed !== undefined)
    return { encoding: guessed, transferSyntaxUid: uid === '' ? uidOf(guessed) : uid }
  // PS3.5 A: syntaxes yet to come are Explicit VR Little Endian.
  if (uid !== '' || first.length === 0) {
    return {
      encoding: { explicitVr: true, littleEndian: true },
      transferSyntaxUid: uid === '' ? explicitVrLittleEndian : uid,
    }
  }
  throw new DicomError('NotDicom', 'The data set has no known encoding', offset)
}

const sameEncoding = (one: Encoding, other: Encoding): boolean =>
  one.explicitVr === other.explicitVr && one.littleEndian === other.littleEndian

function uidOf(encoding: Encoding): string {
  if (!encoding.explicitVr) return implicitVrLittleEndian
  return encoding.littleEndian ? explicitVrLittleEndian : '1.2.840.10008.1.2.2'
}
