import type { CodedSet } from './coded-set.ts'
import { type DefinedTerm, findTerm } from './defined-terms.ts'
import { isoIr6 } from './single-byte-sets.ts'

/** Deviations from PS3.3 C.12.1.1.2 and PS3.5 6.1.2 that are put up with, and what is made of each. */
export const characterSetWarningCodes = {
  UnknownCharacterSet:
    'Specific Character Set has a value that is not a defined term; the value was left out',
  MisspelledCharacterSet: 'A value of Specific Character Set is misspelled',
  MixedCharacterSets: 'A character set without code extensions stands among others; it was taken alone',
  MultiByteFirst: 'The first value of Specific Character Set is a multi-byte set with code extensions',
  UndeclaredCharacters:
    'Text has bytes outside the declared character set; they were read in the default one',
  UndeclaredEscape:
    'Text has an escape sequence that Specific Character Set does not announce; it was obeyed',
  UnknownEscape: 'Text has an escape sequence that no character set of DICOM has; it was kept as text',
  UndesignatedSet: 'Text has characters of a set that is not designated at that place',
  UndecodableBytes: 'Text has bytes that are no character of the declared set; they were read as Latin 1',
} as const satisfies Record<string, string>

export type CharacterSetWarningCode = keyof typeof characterSetWarningCodes

export type WarnCharacterSet = (code: CharacterSetWarningCode) => void

/** What Specific Character Set (0008,0005) says of the text of a data set. */
export interface CharacterSet {
  /** As the standard spells them; an empty first value stays. */
  readonly terms: readonly string[]
  /** WHATWG label of an encoding without ISO 2022; then the code elements do not count. */
  readonly label: string | undefined
  /** Designated at the start of a value and after each delimiter (PS3.5 6.1.2.5.3). */
  readonly g0: CodedSet
  readonly g1: CodedSet | undefined
  /** All that may be designated, those of the first value first. */
  readonly codedSets: readonly CodedSet[]
  /** Escape sequences are announced. */
  readonly codeExtensions: boolean
  /** What bytes mean that the declaration does not account for. */
  readonly fallback: Pick<CharacterSet, 'label' | 'g1'>
  readonly warnings: readonly CharacterSetWarningCode[]
}

const noFallback: CharacterSet['fallback'] = { label: 'windows-1252', g1: undefined }

/** Orthanc's default for DefaultEncoding. */
export const defaultCharacterSetTerm = 'ISO_IR 100'

/**
 * Reads the values of Specific Character Set. Absent or empty means `defaultTerm`; '' is ASCII.
 * Text that does not keep to the declaration is read in `defaultTerm` too.
 */
export function resolveCharacterSet(
  values: readonly string[],
  defaultTerm: string = defaultCharacterSetTerm,
): CharacterSet {
  const assumed = defaultTerm === '' ? undefined : characterSetOf([defaultTerm], noFallback)
  const fallback = assumed && (assumed.label ?? assumed.g1) !== undefined ? assumed : noFallback
  if (values.every((value) => value === '')) return assumed ?? characterSetOf([], fallback)
  return characterSetOf(values, fallback)
}

function characterSetOf(values: readonly string[], fallback: CharacterSet['fallback']): CharacterSet {
  const warnings = new Set<CharacterSetWarningCode>()
  const rows = values.map((value) => readValue(value, warnings))
  const alone = findAlone(rows, warnings)
  const [first, ...others] = alone === undefined ? rows : [alone]
  const known = [first, ...others].filter((row) => row !== undefined)
  const multiByte = first?.table === 'C.12-4'
  if (multiByte) warnings.add('MultiByteFirst')
  const g0 = multiByte ? isoIr6 : (first?.g0 ?? isoIr6)
  const codedSets = known.flatMap((row) => [row.g0, row.g1]).filter((set) => set !== undefined)
  return {
    terms: [first?.term ?? '', ...others.flatMap((row) => (row === undefined ? [] : [row.term]))],
    label: alone?.label,
    g0,
    g1: first?.g1,
    codedSets: [...new Set([g0, ...codedSets])],
    codeExtensions: alone === undefined && (multiByte || others.length > 0 || first?.table === 'C.12-3'),
    fallback,
    warnings: [...warnings],
  }
}

function readValue(value: string, warnings: Set<CharacterSetWarningCode>): DefinedTerm | undefined {
  if (value === '') return undefined
  const found = findTerm(value)
  if (found === undefined) warnings.add('UnknownCharacterSet')
  else if (!found.exact) warnings.add('MisspelledCharacterSet')
  return found?.row
}

/** UTF-8 and GB 18030 exclude every other set (PS3.3 C.12.1.1.2); among others, one counts only if all text fits it. */
function findAlone(
  rows: readonly (DefinedTerm | undefined)[],
  warnings: Set<CharacterSetWarningCode>,
): DefinedTerm | undefined {
  const alone = rows.find((row) => row?.label !== undefined)
  if (alone === undefined) return undefined
  if (rows.length > 1) warnings.add('MixedCharacterSets')
  const before = rows.slice(0, rows.indexOf(alone))
  return before.every((row) => row === undefined || row.term.endsWith('IR 6')) ? alone : undefined
}
