import type { CharacterSet } from './character-set.ts'
import type { CodedSet } from './coded-set.ts'
import type { Delimiters } from './decode-text.ts'
import type { EncodedText } from './encode-text.ts'
import { escapeByte } from './escape-sequences.ts'
import { isoIr13, isoIr14 } from './single-byte-sets.ts'

const delimiterCharacters: Readonly<Record<Delimiters, string>> = { none: '', values: '\\', names: '\\^=' }

/** Writes one value field in coded character sets with or without code extensions (PS3.5 6.1.2.4 and 6.1.2.5). */
export function encodeIso2022(text: string, characterSet: CharacterSet, delimiters: Delimiters): EncodedText {
  const writer = new Iso2022Writer(characterSet)
  const unencodable = new Set<string>()
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (delimiterCharacters[delimiters].includes(character)) writer.writeDelimiter(code)
    else if (code < 0x20 && code !== escapeByte) writer.writeDelimiter(code)
    else if (isYen(code) && delimiters !== 'none' && characterSet.g0 === isoIr14) unencodable.add(character)
    else if (!writer.write(code)) unencodable.add(character)
  }
  writer.restore()
  return unencodable.size > 0 ? { unencodable: [...unencodable] } : { bytes: Uint8Array.from(writer.bytes) }
}

/** In ISO-IR 14 the code of yen is the one of the delimiter between values. */
const isYen = (code: number): boolean => code === 0xa5

class Iso2022Writer {
  readonly bytes: number[] = []
  readonly #characterSet: CharacterSet
  readonly #initialG1: CodedSet | undefined
  #g0: CodedSet
  #g1: CodedSet | undefined
  /** Many readers take an escape sequence of G0 to end what was designated to G1. */
  #mustRepeatG1 = false

  constructor(characterSet: CharacterSet) {
    this.#characterSet = characterSet
    // A multi-byte set must not stand first (PS3.3 Table C.12-4); where it does, readers differ unless it is designated.
    const multiByte = characterSet.g1?.bytesPerCharacter === 2
    this.#initialG1 = multiByte ? undefined : characterSet.g1
    this.#g0 = characterSet.g0
    this.#g1 = this.#initialG1
  }

  /** False, and nothing written, if no set has the character. */
  write(code: number): boolean {
    const set = this.#find(code)
    const cell = set?.cellOf(code)
    if (set === undefined || cell === undefined) return false
    // Nor do they read characters of G1 while a multi-byte set is in G0.
    if (set.element === 'G1' && this.#g0.bytesPerCharacter === 2) this.#designate(this.#characterSet.g0)
    this.#designate(set, this.#mustRepeatG1 && set.element === 'G1')
    const high = set.element === 'G1' ? 0x80 : 0
    if (set.bytesPerCharacter === 1) this.bytes.push(cell | high)
    else this.bytes.push((Math.trunc(cell / 94) + 0x21) | high, ((cell % 94) + 0x21) | high)
    return true
  }

  /** Delimiters and control characters: the sets of the first value are to be active before them. */
  writeDelimiter(code: number): void {
    this.restore()
    this.bytes.push(code)
  }

  restore(): void {
    this.#designate(this.#characterSet.g0)
    if (this.#initialG1 !== undefined) this.#designate(this.#initialG1)
    this.#g1 = this.#initialG1
    this.#mustRepeatG1 = false
  }

  /** The sets in use first, to write few escape sequences. */
  #find(code: number): CodedSet | undefined {
    const has = (set: CodedSet | undefined) => set?.cellOf(code) !== undefined
    if (has(this.#g0)) return this.#g0
    if (has(this.#g1)) return this.#g1
    const { codeExtensions, codedSets } = this.#characterSet
    return codeExtensions ? codedSets.find(has) : undefined
  }

  #designate(set: CodedSet, again = false): void {
    const current = set.element === 'G0' ? this.#g0 : this.#g1
    if (set === current && !again) return
    this.bytes.push(escapeByte, ...Array.from(set.escape, (character) => character.charCodeAt(0)))
    if (set.element === 'G0') {
      this.#g0 = set
      // The two halves of JIS X 0201 are one to them.
      this.#mustRepeatG1 = !(set === isoIr14 && this.#g1 === isoIr13)
    } else {
      this.#g1 = set
      this.#mustRepeatG1 = false
    }
  }
}
