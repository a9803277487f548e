import type { DataSet } from '../data-set/data-set.ts'
import { readByHand } from './by-hand.ts'
import { type CharacterSet, defaultCharacterSetTerm, resolveCharacterSet } from './character-set.ts'

export const specificCharacterSetTag = 0x00080005

/**
 * Declarations whose meaning is kept, and the characters of one: there are few, and almost all data sets that a program
 * meets share one of them.
 */
const [maxKnown, maxKnownLength] = [64, 128]

interface Resolved {
  readonly defaultTerm: string
  readonly characterSet: CharacterSet
}

const resolved = new WeakMap<DataSet, Resolved>()

const known = new Map<string, CharacterSet>()

/**
 * The character set of the text of a data set or item: its own, else that of the nearest data set around it
 * (PS3.3 C.12.1.1.2), else `defaultTerm` ('' for ASCII).
 */
export function characterSetOf(
  dataSet: DataSet,
  defaultTerm: string = defaultCharacterSetTerm,
): CharacterSet {
  const before = resolved.get(dataSet)
  if (before?.defaultTerm === defaultTerm) return before.characterSet
  const characterSet = resolveOnce(declaration(dataSet), defaultTerm)
  resolved.set(dataSet, { defaultTerm, characterSet })
  return characterSet
}

/** The value that counts; '' when there is none. */
function declaration(dataSet: DataSet): string {
  for (let each: DataSet | undefined = dataSet; each !== undefined; each = each.parent) {
    const value = each.get(specificCharacterSetTag)?.value
    if (value?.kind === 'bytes') {
      const text = readDeclaration(value.bytes)
      if (/[^ \0\\]/.test(text)) return text
    }
  }
  return ''
}

const decoder = new TextDecoder('windows-1252')

const readDeclaration = (bytes: Uint8Array): string =>
  bytes.length > maxKnownLength ? decoder.decode(bytes) : readByHand(bytes)

function resolveOnce(declared: string, defaultTerm: string): CharacterSet {
  const key = `${defaultTerm}\n${declared}`
  const characterSet = known.get(key) ?? resolveCharacterSet(splitTerms(declared), defaultTerm)
  if (known.size < maxKnown && key.length <= maxKnownLength) known.set(key, characterSet)
  return characterSet
}

const splitTerms = (declared: string): readonly string[] =>
  declared.split('\\').map((term) => term.replace(/^[ \0]+|[ \0]+$/g, ''))
