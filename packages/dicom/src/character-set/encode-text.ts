import type { CharacterSet } from './character-set.ts'
import type { Delimiters } from './decode-text.ts'
import { encodeIso2022 } from './iso-2022-encoder.ts'
import { encoderFor } from './standalone-encodings.ts'

/** Either the bytes, without padding, or the distinct characters that the character set does not have. */
export type EncodedText =
  | { readonly bytes: Uint8Array; readonly unencodable?: never }
  | { readonly bytes?: never; readonly unencodable: readonly string[] }

/** Bytes of one character; undefined if the character set does not have it. */
export type EncodeCharacter = (character: string) => readonly number[] | undefined

/**
 * Encodes the text of a value field (delimiters included) in what Specific Character Set allows (PS3.5 6.1.2):
 * several values need code extensions, and escape sequences are written where the standard asks for them.
 */
export function encodeText(text: string, characterSet: CharacterSet, delimiters: Delimiters): EncodedText {
  const { label } = characterSet
  if (label === undefined) return encodeIso2022(text, characterSet, delimiters)
  if (label === 'utf-8' && text.isWellFormed()) return { bytes: new TextEncoder().encode(text) }
  return encodeCharacters(text, encoderFor(label))
}

function encodeCharacters(text: string, encode: EncodeCharacter): EncodedText {
  const bytes: number[] = []
  const unencodable = new Set<string>()
  for (const character of text) {
    const encoded = encode(character)
    if (encoded === undefined) unencodable.add(character)
    else bytes.push(...encoded)
  }
  return unencodable.size > 0 ? { unencodable: [...unencodable] } : { bytes: Uint8Array.from(bytes) }
}
