import type { CharacterSet, WarnCharacterSet } from '../character-set/character-set.ts'
import { decodePlainText, decodeText } from '../character-set/decode-text.ts'
import type { TextVr } from './text-vr.ts'

const space = 0x20

/**
 * Text of a value field without trailing padding (spaces and nulls, PS3.5 6.2); leading spaces stay, and values stay
 * joined with `\`. A null ends its value, as it does for C programs: what follows is left over in their buffers.
 */
export function formatText(
  bytes: Uint8Array,
  vr: TextVr,
  characterSet: CharacterSet,
  warn?: WarnCharacterSet,
): string {
  const content = withoutPadding(bytes)
  const text = vr.extended
    ? decodeText(content, characterSet, vr.delimiters, warn)
    : decodePlainText(content, characterSet, warn)
  const whole = text.includes('\0') ? cutAtNulls(text, vr) : text
  return vr.padding === 'all' && whole.includes(' ') ? whole.replaceAll(' ', '') : whole
}

/** The values of a value field without insignificant spaces; none for an empty value field (PS3.5 6.4). */
export function readTexts(
  bytes: Uint8Array,
  vr: TextVr,
  characterSet: CharacterSet,
  warn?: WarnCharacterSet,
): readonly string[] {
  const text = formatText(bytes, vr, characterSet, warn)
  if (text === '') return []
  const values = vr.delimiters === 'none' ? [text] : text.split('\\')
  return values.map((value) => (vr.padding === 'end' ? trimEnd(value) : trimSpaces(value)))
}

function withoutPadding(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && (bytes[end - 1] === space || bytes[end - 1] === 0)) end--
  return end === bytes.length ? bytes : bytes.subarray(0, end)
}

function cutAtNulls(text: string, vr: TextVr): string {
  const values = vr.delimiters === 'none' ? [text] : text.split('\\')
  return trimEnd(values.map((value) => value.split('\0', 1)[0] ?? '').join('\\'))
}

function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === space) end--
  return text.slice(0, end)
}

function trimSpaces(text: string): string {
  const trimmed = trimEnd(text)
  let start = 0
  while (start < trimmed.length && trimmed.charCodeAt(start) === space) start++
  return trimmed.slice(start)
}
