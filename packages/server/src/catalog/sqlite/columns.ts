import type { Level } from '../../model/level.ts'
import { levels } from '../../model/level.ts'
import { idOfHex } from '../../model/resource-id.ts'

/** What node:sqlite gives for a row. */
export type Row = Readonly<Record<string, null | number | bigint | string | Uint8Array>>

/** Table names are no user's input: they come from here alone. */
export const tableOf: Readonly<Record<Level, 'patients' | 'studies' | 'series' | 'instances'>> = {
  Patient: 'patients',
  Study: 'studies',
  Series: 'series',
  Instance: 'instances',
}

export const levelCode = (level: Level): number => levels.indexOf(level)

export function levelOfCode(code: unknown): Level {
  const level = levels[Number(code)]
  if (level === undefined) throw new Error(`No level ${String(code)}`)
  return level
}

/** How hash ids, UUIDs and digests are written, by the length of the text: groups of so many hexadecimal digits. */
const groups: Readonly<Partial<Record<number, readonly number[]>>> = {
  44: [8, 8, 8, 8, 8],
  36: [8, 4, 4, 4, 12],
  32: [32],
}

const dash = 0x2d
const digits = Buffer.from('0123456789abcdef', 'latin1')

/** The value of a hexadecimal digit by its character code; 255 for all else. Capital letters are none here. */
const digitValues = new Uint8Array(256).fill(255)
for (const [value, code] of digits.entries()) digitValues[code] = value

/**
 * Hash ids, UUIDs and digests are kept as bytes: half the size of their text, and so are the indexes. Any other text
 * gives no bytes, which no row has: what merely begins like an id is not that id.
 *
 * Each instance that is stored takes a few of these, which is why it is done by hand: five times faster than by a
 * pattern and `Buffer.from`.
 */
export function toBytes(text: string): Uint8Array {
  const lengths = groups[text.length]
  if (lengths === undefined) return new Uint8Array()
  const bytes = new Uint8Array((text.length + 1 - lengths.length) / 2)
  let [at, filled] = [0, 0]
  for (const length of lengths) {
    if (at > 0 && text.charCodeAt(at++) !== dash) return new Uint8Array()
    for (const end = at + length; at < end; at += 2) {
      const high = digitValues[text.charCodeAt(at)] ?? 255
      const low = digitValues[text.charCodeAt(at + 1)] ?? 255
      if (high > 15 || low > 15) return new Uint8Array()
      bytes[filled++] = high * 16 + low
    }
  }
  return bytes
}

const hexOf = (value: unknown): string => {
  if (!(value instanceof Uint8Array)) throw new Error('A column of bytes holds something else')
  return Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')
}

export const toId = (value: unknown): string => idOfHex(hexOf(value))

/** Bytes of a hash id, and characters of its text. */
const [idBytes, idCharacters, bytesBetweenDashes] = [20, 44, 4]

/**
 * In SQL: the bytes that an expression gives for each row, as one. SQLite takes them for text in between, and leaves
 * them as they are (sqlite.org/lang_expr.html, "CAST expressions").
 */
export const joinedBytes = (expression: string, order = ''): string =>
  `CAST(group_concat(${expression}, '' ${order}) AS BLOB)`

/** The ids whose bytes follow one another; none for NULL. A row for each would take far more time. */
export function toIds(joined: unknown): readonly string[] {
  if (!(joined instanceof Uint8Array)) return []
  const text = Buffer.allocUnsafe((joined.length / idBytes) * idCharacters)
  let at = 0
  for (let index = 0; index < joined.length; index++) {
    if (index % bytesBetweenDashes === 0 && index % idBytes !== 0) text[at++] = dash
    const byte = joined[index] ?? 0
    text[at++] = digits[byte >> 4] ?? 0
    text[at++] = digits[byte & 15] ?? 0
  }
  const all = text.toString('latin1', 0, at)
  return Array.from({ length: at / idCharacters }, (_, index) =>
    all.slice(index * idCharacters, (index + 1) * idCharacters),
  )
}

export function toUuid(value: unknown): string {
  const hex = hexOf(value)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export const toDigest = hexOf
