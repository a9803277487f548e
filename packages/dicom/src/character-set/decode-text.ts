import { readByHand } from './by-hand.ts'
import type { CharacterSet, WarnCharacterSet } from './character-set.ts'
import { escapeByte } from './escape-sequences.ts'
import { Iso2022Decoder } from './iso-2022-decoder.ts'
import { decodeLeniently } from './lenient-decoding.ts'
import { isoIr6 } from './single-byte-sets.ts'

/**
 * Which characters delimit, so that code extensions start anew after them (PS3.5 6.1.2.5.3):
 * none in ST, LT, UT and UR; `\` in other VRs; also `^` and `=` in PN.
 */
export type Delimiters = 'none' | 'values' | 'names'

const ignore: WarnCharacterSet = () => {}

/**
 * Decodes the text of a value field, padding included. With multi-byte sets a byte 0x5C may be half a character:
 * values are to be split after decoding, where a delimiter is always `\`. No byte is ever left out.
 */
export function decodeText(
  bytes: Uint8Array,
  characterSet: CharacterSet,
  delimiters: Delimiters,
  warn: WarnCharacterSet = ignore,
): string {
  const plain = isPlain(bytes)
  if (plain && (characterSet.g0 === isoIr6 || characterSet.label !== undefined)) return decodeAscii(bytes)
  const label = labelFor(characterSet)
  if (label === undefined) return new Iso2022Decoder(bytes, characterSet, delimiters, warn).decode()
  if (label !== characterSet.label) warn('UndeclaredCharacters')
  return decodeLeniently(label, bytes, () => warn('UndecodableBytes'))
}

/** Text beyond ASCII in a data set that declares nothing else: the default set, if that is not one of ISO 2022. */
function labelFor({ label, g1, codeExtensions, fallback }: CharacterSet): string | undefined {
  return label ?? (g1 === undefined && !codeExtensions ? fallback.label : undefined)
}

/** Decodes the text of a VR that is ASCII by definition (CS, DA, UI, …); other bytes are taken for text all the same. */
export const decodePlainText = (
  bytes: Uint8Array,
  characterSet: CharacterSet,
  warn: WarnCharacterSet = ignore,
): string => (isPlain(bytes) ? decodeAscii(bytes) : decodeText(bytes, characterSet, 'values', warn))

function isPlain(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x80 || byte === escapeByte) return false
  }
  return true
}

const asciiDecoder = new TextDecoder()

/** A call of TextDecoder costs more than a dozen characters by hand. */
function decodeAscii(bytes: Uint8Array): string {
  return bytes.length > 12 ? asciiDecoder.decode(bytes) : readByHand(bytes)
}
