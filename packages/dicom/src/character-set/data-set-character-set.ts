import type { DataSet } from '../data-set/data-set.ts'
import { type CharacterSet, defaultCharacterSetTerm, resolveCharacterSet } from './character-set.ts'

export const specificCharacterSetTag = 0x00080005

interface Resolved {
  readonly defaultTerm: string
  readonly characterSet: CharacterSet
}

const resolved = new WeakMap<DataSet, Resolved>()

/**
 * The character set of the text of a data set or item: its own, else that of the nearest data set around it
 * (PS3.3 C.12.1.1.2), else `defaultTerm` ('' for ASCII).
 */
export function characterSetOf(
  dataSet: DataSet,
  defaultTerm: string = defaultCharacterSetTerm,
): CharacterSet {
  const known = resolved.get(dataSet)
  if (known?.defaultTerm === defaultTerm) return known.characterSet
  const characterSet = resolveCharacterSet(declaredTerms(dataSet), defaultTerm)
  resolved.set(dataSet, { defaultTerm, characterSet })
  return characterSet
}

function declaredTerms(dataSet: DataSet): readonly string[] {
  for (let each: DataSet | undefined = dataSet; each !== undefined; each = each.parent) {
    const value = each.get(specificCharacterSetTag)?.value
    if (value?.kind === 'bytes') {
      const terms = splitTerms(value.bytes)
      if (terms.some((term) => term !== '')) return terms
    }
  }
  return []
}

const splitTerms = (bytes: Uint8Array): readonly string[] =>
  new TextDecoder('windows-1252')
    .decode(bytes)
    .split('\\')
    .map((term) => term.replace(/^[ \0]+|[ \0]+$/g, ''))
