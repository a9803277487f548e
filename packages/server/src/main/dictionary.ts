import { type Dictionary, isVr, type NewEntry, standardDictionary } from '@kingsfoil/dicom'
import type { Config } from '../config/options.ts'
import { DomainError } from '../model/domain-error.ts'

type Row = Config['Dictionary'] extends ReadonlyMap<string, infer T> ? T : never

/** The standard's dictionary with the tags that the configuration adds. Errors: `BadParameterType`. */
export function createDictionary({ Dictionary: rows }: Pick<Config, 'Dictionary'>): Dictionary {
  return standardDictionary.with([...rows].map(([tag, row]) => describeEntry(tag, row)))
}

/** `gggg,eeee`; of a private tag the low byte of the element is enough. */
function parseTag(text: string): number | undefined {
  const match = /^([0-9a-f]{4})[,-]?([0-9a-f]{2}|[0-9a-f]{4})$/i.exec(text)
  if (match === null) return undefined
  const [, group = '', element = ''] = match
  return Number.parseInt(group + element.padStart(4, '0'), 16)
}

function describeEntry(key: string, row: Row): NewEntry {
  const tag = parseTag(key)
  if (tag === undefined) throw new DomainError('BadParameterType', `Dictionary: ${key} is no tag`)
  if (!isVr(row.vr)) throw new DomainError('BadParameterType', `Dictionary.${key}: ${row.vr} is no VR`)
  const { name, leastMultiplicity: least, mostMultiplicity: most, privateCreator } = row
  const vm = least === most ? String(least) : `${least}-${most === 0 ? 'n' : most}`
  return { tag, vr: row.vr, keyword: name, name, vm, ...(privateCreator === '' ? {} : { privateCreator }) }
}
