import type { Level } from '../../model/level.ts'
import { levels } from '../../model/level.ts'

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

/** How hash ids, UUIDs and digests are written, by the length of the text. */
const written: Readonly<Partial<Record<number, RegExp>>> = {
  44: /^[0-9a-f]{8}(-[0-9a-f]{8}){4}$/,
  36: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  32: /^[0-9a-f]{32}$/,
}

/**
 * Hash ids, UUIDs and digests are kept as bytes: half the size of their text, and so are the indexes. Any other text
 * gives no bytes, which no row has: what merely begins like an id is not that id.
 */
export function toBytes(text: string): Uint8Array {
  const isOne = written[text.length]?.test(text) === true
  return isOne ? Buffer.from(text.replaceAll('-', ''), 'hex') : new Uint8Array()
}

const hexOf = (value: unknown): string => {
  if (!(value instanceof Uint8Array)) throw new Error('A column of bytes holds something else')
  return Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')
}

export const toId = (value: unknown): string => idOfHex(hexOf(value))

/** The id of `lower(hex(id))`: for many rows text is cheaper than bytes. */
export function idOfHex(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 16)}-${hex.slice(16, 24)}-${hex.slice(24, 32)}-${hex.slice(32)}`
}

/** Bytes of a hash id in hexadecimal, and its text. */
const [idDigits, idCharacters, digitsBetweenDashes] = [40, 44, 8]

const [dash, lowerCase] = [0x2d, 0x20]

/** The ids whose digits, in upper case, follow one another: one text for all takes far less time than rows do. */
export function toIds(digits: string): readonly string[] {
  const bytes = Buffer.allocUnsafe((digits.length / idDigits) * idCharacters)
  let at = 0
  for (let digit = 0; digit < digits.length; digit++) {
    if (digit % digitsBetweenDashes === 0 && digit % idDigits !== 0) bytes[at++] = dash
    bytes[at++] = digits.charCodeAt(digit) | lowerCase
  }
  const text = bytes.toString('latin1', 0, at)
  return Array.from({ length: at / idCharacters }, (_, index) =>
    text.slice(index * idCharacters, (index + 1) * idCharacters),
  )
}

export function toUuid(value: unknown): string {
  const hex = hexOf(value)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export const toDigest = hexOf
