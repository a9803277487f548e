import type { Tag } from '../tag.ts'
import { isVr, type Vr } from '../vr.ts'

/** What the dictionary says of one attribute (PS3.6 Section 6). */
export interface DictionaryEntry {
  /** Of a repeating group: with zeros in place of the x's. Of a private attribute: with the block byte zero. */
  readonly tag: Tag
  readonly name: string
  readonly keyword: string
  /** The first of `alternatives`. */
  readonly vr: Vr
  readonly alternatives: readonly Vr[]
  /** Value multiplicity as PS3.6 writes it: `1`, `1-n`, `2-2n`, … */
  readonly vm: string
  readonly retired: boolean
  /** The private creator, of a private attribute. */
  readonly privateCreator?: string
}

/** An entry, and the bits of the tag that must match (0xFF00FFFF for repeating groups). */
export interface MaskedEntry {
  readonly mask: number
  readonly entry: DictionaryEntry
}

const wordBoundary = /(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g

/** `PixelSpacing` to `Pixel Spacing`: right for most attributes. */
export const nameOfKeyword = (keyword: string): string => keyword.replace(wordBoundary, ' ')

/** Reads `ggggeeee|VR/VR|VM|R|Keyword|Name`: an x matches any digit, empty VM is 1, empty name is `nameOfKeyword`. */
export function parseEntryLine(line: string): MaskedEntry {
  const [pattern = '', vrs = '', vm = '', retired = '', keyword = '', name = ''] = line.split('|')
  const alternatives = vrs.split('/').filter(isVr)
  const entry = {
    tag: Number.parseInt(pattern.replaceAll('x', '0'), 16),
    name: name === '' ? nameOfKeyword(keyword) : name,
    keyword,
    vr: alternatives[0] ?? 'UN',
    alternatives,
    vm: vm === '' ? '1' : vm,
    retired: retired !== '',
  }
  return { mask: maskOf(pattern), entry }
}

/** The keyword alone. */
export function keywordOfLine(line: string): string {
  const end = line.lastIndexOf('|')
  return line.slice(line.lastIndexOf('|', end - 1) + 1, end)
}

function maskOf(pattern: string): number {
  if (!pattern.includes('x')) return 0xffffffff
  return Number.parseInt(pattern.replace(/[^x]/g, 'f').replaceAll('x', '0'), 16)
}
