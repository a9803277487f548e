import { archiveLimits } from './archive-limits.ts'

export interface NameOptions {
  /** Otherwise names are ASCII: other letters are left out. */
  readonly utf8: boolean
}

/** Each run of them becomes a space: they separate paths, or some system does not take them in names. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
const separators = /[\s\x00-\x1f\x7f-\x9f:*?"<>|/\\]+/g

const beyondAscii = /[^\p{ASCII}]/gu

/**
 * Characters that change how a name reads without being seen (direction overrides among them), and halves of
 * characters. Joiners are part of the spelling of some languages.
 */
const invisible = /(?![\u200c\u200d])[\p{Cf}\p{Cs}]/gu

/** A name that says nothing, or that file systems take for the folder itself or the one above. */
const meaningless = /^[\^. ]*$/

/** Text of a data set as a part of a name in an archive; may be empty. */
export function cleanName(text: string, { utf8 }: NameOptions): string {
  return text
    .replace(utf8 ? invisible : beyondAscii, '')
    .replace(separators, ' ')
    .trim()
}

/** The name of a folder; `fallback` where the texts say nothing. */
export function folderName(texts: readonly string[], fallback: string, options: NameOptions): string {
  const name = shorten(cleanName(texts.join(' '), options))
  return meaningless.test(name) ? fallback : name
}

function shorten(name: string): string {
  const bytes = Buffer.from(name)
  if (bytes.length <= archiveLimits.nameBytes) return name
  let end = archiveLimits.nameBytes
  // Bytes of the form 10xxxxxx continue a character (RFC 3629).
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end).trim()
}

/** Eight characters: the first two letters of the modality as far as there are any, then the number. */
export function fileName(modality: string, number: number): string {
  const letters = cleanName(modality, { utf8: false }).slice(0, 2).toUpperCase()
  const sign = number < 0 ? '-' : ''
  return `${letters}${sign}${String(Math.abs(number)).padStart(8 - letters.length - sign.length, '0')}.dcm`
}

/** Tells siblings of the same name apart: the second one gets `-2`, and so on. */
export class SiblingNames {
  readonly #taken = new Map<string, number>()

  take(name: string): string {
    let count = this.#taken.get(name) ?? 0
    let unique = name
    while (this.#taken.has(unique)) unique = `${name}-${++count}`
    this.#taken.set(name, Math.max(count, 1))
    if (unique !== name) this.#taken.set(unique, 1)
    return unique
  }
}
