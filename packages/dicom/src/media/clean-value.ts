import type { Vr } from '../vr.ts'
import { maxKeyCharacters } from './media-limits.ts'

/** Gives a value as PS3.5 Table 6.2-1 wants it, or undefined where it cannot be made so. */
type Clean = (value: string) => string | undefined

const matching =
  (pattern: RegExp): Clean =>
  (value) =>
    pattern.test(value) ? value : undefined

/** Also with the points of ACR-NEMA 300 (PS3.5 Table 6.2-1). */
function cleanDate(value: string): string | undefined {
  const [, year = '', month = '', day = ''] = /^(\d{4})\.?(\d\d)\.?(\d\d)$/.exec(value) ?? []
  const isDate = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31
  return isDate ? year + month + day : undefined
}

/** Also with the colons of ACR-NEMA 300; of fractions, six digits. */
function cleanTime(value: string): string | undefined {
  const match = /^(\d\d)(?::?(\d\d)(?::?(\d\d)(\.\d{1,6})?\d*)?)?$/.exec(value)
  if (match === null) return undefined
  const [, hour, minute = '', second = '', fraction = ''] = match
  const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60
  return isTime ? `${hour}${minute}${second}${fraction}` : undefined
}

const atMost =
  (maximum: number): Clean =>
  (value) =>
    /^\d{1,10}$/.test(value) && Number(value) <= maximum ? value : undefined

const matchesCode = matching(/^[A-Z0-9 _]{1,16}$/)

/** Control characters become spaces, but for those that make paragraphs where `lines` are allowed; the rest is cut. */
const cleanText =
  (lines: boolean): Clean =>
  (value) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    const controls = lines ? /[\x00-\x08\x0b\x0e-\x1f\x7f]+/g : /[\x00-\x1f\x7f]+/g
    const text = value.replace(controls, ' ').trim()
    return text.slice(0, maxKeyCharacters).toWellFormed() || undefined
  }

const line = cleanText(false)
const lines = cleanText(true)

const rules: Readonly<Partial<Record<Vr, Clean>>> = {
  CS: (value) => matchesCode(value.toUpperCase()),
  DA: cleanDate,
  DS: matching(/^(?=.{1,16}$)[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/),
  DT: matching(/^\d{4,14}(\.\d{1,6})?([+-]\d{4})?$/),
  IS: matching(/^[+-]?\d{1,11}$/),
  LO: line,
  LT: lines,
  PN: line,
  SH: line,
  ST: lines,
  TM: cleanTime,
  UC: line,
  // An instance keeps the name that it was given, also one that breaks the rules of PS3.5 9.1.
  UI: matching(/^[0-9A-Za-z._-]{1,256}$/),
  UL: atMost(0xffffffff),
  UR: matching(/^[!-~]{1,1024}$/),
  US: atMost(0xffff),
  UT: lines,
}

/** Characters of one value (PS3.5 Table 6.2-1), of names in each group. */
const longest: Readonly<Partial<Record<Vr, number>>> = { LO: 64, PN: 64, SH: 16 }

const cut = (text: string, length: number): string =>
  text.length <= length ? text : [...text].slice(0, length).join('').trim()

/** A clean value as long as its VR allows. */
export function cutValue(text: string, vr: Vr): string {
  const length = longest[vr]
  if (length === undefined || text.length <= length) return text
  if (vr !== 'PN') return cut(text, length)
  return text
    .split('=')
    .map((group) => cut(group, length))
    .join('=')
}

/** VRs in which a backslash is a character like others. */
export const isParagraph = (vr: Vr): boolean => vr === 'LT' || vr === 'ST' || vr === 'UR' || vr === 'UT'

/** Values joined by backslashes, each made conforming; undefined if nothing is left. */
export function cleanValue(text: string, vr: Vr): string | undefined {
  const clean = rules[vr]
  if (clean === undefined) return undefined
  if (isParagraph(vr) || !text.includes('\\')) return clean(text.trim())
  const values = text.split('\\').map((value) => clean(value.trim()) ?? '')
  return values.some((value) => value !== '') ? values.join('\\') : undefined
}
