import type { CharacterSet, WarnCharacterSet } from './character-set.ts'
import type { CodedSet } from './coded-set.ts'
import type { Delimiters } from './decode-text.ts'
import { escapeByte, readEscape } from './escape-sequences.ts'
import { decodeCharacter } from './lenient-decoding.ts'
import { isoIr6 } from './single-byte-sets.ts'

const backslash = 0x5c
const caret = 0x5e
const equals = 0x3d

/** Reads one value field in coded character sets with or without code extensions (PS3.5 6.1.2.4 and 6.1.2.5). */
export class Iso2022Decoder {
  readonly #bytes: Uint8Array
  readonly #characterSet: CharacterSet
  readonly #delimiters: Delimiters
  readonly #warn: WarnCharacterSet
  #g0: CodedSet
  #g1: CodedSet | undefined
  /** Stands in where no set is designated to G1. */
  #likelyG1: CodedSet | undefined
  #at = 0

  constructor(bytes: Uint8Array, characterSet: CharacterSet, delimiters: Delimiters, warn: WarnCharacterSet) {
    this.#bytes = bytes
    this.#characterSet = characterSet
    this.#delimiters = delimiters
    this.#warn = warn
    this.#g0 = characterSet.g0
    this.#g1 = characterSet.g1
    this.#likelyG1 = characterSet.g1 ?? characterSet.codedSets.find((set) => set.element === 'G1')
  }

  decode(): string {
    let text = ''
    while (this.#at < this.#bytes.length) {
      const byte = this.#peek(0)
      if (byte === escapeByte) text += this.#readEscape()
      else if (byte < 0x20 || this.#isDelimiter(byte)) text += this.#readDelimiter(byte)
      else if (byte < 0x80) text += this.#readG0(byte)
      else text += this.#readG1(byte)
    }
    return text
  }

  #peek(distance: number): number {
    return this.#bytes[this.#at + distance] ?? 0
  }

  #take(size: number, text: string): string {
    this.#at += size
    return text
  }

  #readEscape(): string {
    const designation = readEscape(this.#bytes, this.#at)
    if (designation === undefined) {
      this.#warn('UnknownEscape')
      return this.#take(1, '\u001b')
    }
    const { set, length } = designation
    if (!this.#isAnnounced(set)) this.#warn('UndeclaredEscape')
    if (set.element === 'G0') this.#g0 = set
    else this.#likelyG1 = this.#g1 = set
    return this.#take(length, '')
  }

  #isAnnounced(set: CodedSet): boolean {
    return this.#characterSet.codeExtensions && (set === isoIr6 || this.#characterSet.codedSets.includes(set))
  }

  #isDelimiter(byte: number): boolean {
    if (this.#delimiters === 'none' || this.#g0.bytesPerCharacter === 2) return false
    return byte === backslash || (this.#delimiters === 'names' && (byte === caret || byte === equals))
  }

  /** The sets of the first value are active again (PS3.5 6.1.2.5.3). */
  #readDelimiter(byte: number): string {
    this.#g0 = this.#characterSet.g0
    this.#g1 = this.#characterSet.g1
    return this.#take(1, String.fromCharCode(byte))
  }

  #readG0(byte: number): string {
    if (this.#g0.bytesPerCharacter === 1)
      return this.#take(1, String.fromCharCode(this.#g0.cells[byte] || byte))
    if (byte === 0x20 || byte === 0x7f) return this.#take(1, String.fromCharCode(byte))
    const codeUnit = cellOfPair(this.#g0, byte, this.#peek(1))
    if (codeUnit !== 0) return this.#take(2, String.fromCharCode(codeUnit))
    this.#warn('UndecodableBytes')
    return this.#take(1, String.fromCharCode(byte))
  }

  #readG1(byte: number): string {
    const set = this.#g1 ?? this.#standIn()
    if (set !== undefined) {
      const size = set.bytesPerCharacter
      const codeUnit =
        size === 1
          ? (set.cells[byte & 0x7f] ?? 0)
          : cellOfPair(set, byte & 0x7f, byte >= 0xa0 && this.#peek(1) >= 0xa0 ? this.#peek(1) & 0x7f : 0)
      if (codeUnit !== 0 && byte >= 0xa0) return this.#take(size, String.fromCharCode(codeUnit))
      const text = set.superset && decodeCharacter(set.superset, this.#bytes.subarray(this.#at, this.#at + 2))
      if (text !== undefined) return this.#take(2, text)
    }
    this.#warn('UndecodableBytes')
    return this.#take(1, String.fromCharCode(byte))
  }

  #standIn(): CodedSet | undefined {
    if (this.#likelyG1 !== undefined) {
      this.#warn('UndesignatedSet')
      return this.#likelyG1
    }
    this.#warn('UndeclaredCharacters')
    return this.#characterSet.fallback.g1
  }
}

/** 0 if one of the bytes, in 7-bit form, does not belong to a pair. */
function cellOfPair(set: CodedSet, first: number, second: number): number {
  if (first < 0x21 || first > 0x7e || second < 0x21 || second > 0x7e) return 0
  return set.cells[(first - 0x21) * 94 + (second - 0x21)] ?? 0
}
