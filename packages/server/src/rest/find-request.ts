import type { Dictionary, Tag } from '@kingsfoil/dicom'
import { checkLimits } from '../find/check-limits.ts'
import { createConstraint } from '../find/create-constraint.ts'
import { type Matcher, parseMatcher } from '../find/matching/matcher.ts'
import type { LabelQuery, OrderTerm, Search } from '../find/search.ts'
import { DomainError } from '../model/domain-error.ts'
import { type Level, levels } from '../model/level.ts'
import {
  isObject,
  type Members,
  membersOf,
  readBoolean,
  readObject,
  readString,
  readStrings,
  readUnsigned,
} from './body/json-body.ts'
import type { MetadataNames } from './views/metadata-view.ts'

export interface QueryNames {
  readonly dictionary: Dictionary
  readonly metadata: MetadataNames
}

/** Of `/tools/find` and `/tools/count-resources`. Errors: `BadRequest`, `ParameterOutOfRange`, `UnknownQueryTag`. */
export function parseSearch(members: Members, names: QueryNames): Search {
  const foldsCase = !readBoolean(members, 'CaseSensitive', false)
  const search: Search = {
    level: parseLevel(requireString(members, 'Level')),
    constraints: requireObject(members, 'Query').map(([name, value]) =>
      createConstraint(parseQueryTag(name, names.dictionary), textOfKey(name, value), {
        dictionary: names.dictionary,
        wildcards: 'strict',
        foldingOf: () => (foldsCase ? 'case' : 'none'),
      }),
    ),
    ancestors: parents.flatMap(([name, level]) => {
      const id = readString(members, name)
      return id === undefined || id === '' ? [] : [{ level, id }]
    }),
    labels: parseLabels(members),
    metadata: parseMetadata(members, names.metadata),
    order: parseOrder(members, names),
    since: readUnsigned(members, 'Since'),
    limit: readUnsigned(members, 'Limit'),
  }
  checkLimits(search)
  return search
}

const parents = [
  ['ParentPatient', 'Patient'],
  ['ParentStudy', 'Study'],
  ['ParentSeries', 'Series'],
] as const satisfies readonly (readonly [string, Level])[]

function requireString(members: Members, name: string): string {
  const value = readString(members, name)
  if (value === undefined) throw new DomainError('BadRequest', `Field "${name}" is missing`)
  return value
}

function requireObject(members: Members, name: string): readonly (readonly [string, unknown])[] {
  const value = readObject(members, name)
  if (value === undefined) throw new DomainError('BadRequest', `Field "${name}" is missing`)
  return [...value]
}

/** Singular or plural, in any letter case. Errors: `ParameterOutOfRange`. */
export function parseLevel(text: string): Level {
  const name = text.toLowerCase()
  const plural: Readonly<Record<string, Level>> = {
    patients: 'Patient',
    studies: 'Study',
    instances: 'Instance',
  }
  const known =
    levels.find((level) => level.toLowerCase() === name) ?? new Map(Object.entries(plural)).get(name)
  if (known === undefined) throw new DomainError('ParameterOutOfRange', `Unknown level: ${text.slice(0, 64)}`)
  return known
}

/** Errors: `UnknownQueryTag`. */
export function parseQueryTag(name: string, dictionary: Dictionary): Tag {
  const tag = dictionary.parseTag(name)
  if (tag === undefined) throw new DomainError('UnknownQueryTag', name.slice(0, 64))
  return tag
}

function textOfKey(name: string, value: unknown): string {
  if (typeof value !== 'string')
    throw new DomainError('BadRequest', `The value of "${name}" must be a string`)
  return value
}

function parseLabels(members: Members): LabelQuery | undefined {
  const labels = readStrings(members, 'Labels')
  const constraint = readString(members, 'LabelsConstraint') ?? 'All'
  if (constraint !== 'All' && constraint !== 'Any' && constraint !== 'None') {
    throw new DomainError('ParameterOutOfRange', 'LabelsConstraint must be "All", "Any" or "None"')
  }
  if (labels === undefined) return undefined
  return labels.length === 0 && constraint !== 'None' ? undefined : { labels, constraint }
}

function parseMetadata(members: Members, names: MetadataNames): Search['metadata'] {
  return [...(readObject(members, 'MetadataQuery') ?? [])].map(([name, value]) => ({
    number: metadataNumber(name, names),
    matcher: parseMetadataMatcher(textOfKey(name, value)),
  }))
}

/** Metadata are texts. */
const parseMetadataMatcher = (text: string): Matcher => parseMatcher(text, 0, 'LO', 'strict')

function metadataNumber(name: string, names: MetadataNames): number {
  const number = names.parse(name)
  if (number === undefined)
    throw new DomainError('ParameterOutOfRange', `Unknown metadata: ${name.slice(0, 64)}`)
  return number
}

const orderTypes = {
  DicomTag: { kind: 'tag', as: 'text' },
  DicomTagAsInt: { kind: 'tag', as: 'number' },
  DicomTagAsFloat: { kind: 'tag', as: 'number' },
  Metadata: { kind: 'metadata', as: 'text' },
  MetadataAsInt: { kind: 'metadata', as: 'number' },
  MetadataAsFloat: { kind: 'metadata', as: 'number' },
} as const satisfies Readonly<Record<string, { readonly kind: string; readonly as: OrderTerm['as'] }>>

const orderTypeByName = new Map<string, (typeof orderTypes)[keyof typeof orderTypes]>(
  Object.entries(orderTypes),
)

function parseOrder(members: Members, names: QueryNames): readonly OrderTerm[] {
  const terms = members.get('OrderBy') ?? []
  if (!Array.isArray(terms) || !terms.every(isObject)) {
    throw new DomainError('BadRequest', 'Field "OrderBy" must be an array of objects')
  }
  return terms.map((term) => parseOrderTerm(membersOf(term), names))
}

function parseOrderTerm(members: Members, { dictionary, metadata }: QueryNames): OrderTerm {
  const type = orderTypeByName.get(requireString(members, 'Type'))
  if (type === undefined)
    throw new DomainError('BadRequest', `"Type" must be one of ${Object.keys(orderTypes).join(', ')}`)
  const direction = requireString(members, 'Direction').toUpperCase()
  if (direction !== 'ASC' && direction !== 'DESC')
    throw new DomainError('BadRequest', '"Direction" must be ASC or DESC')
  const key = requireString(members, 'Key')
  return {
    by:
      type.kind === 'tag'
        ? { kind: 'tag', tag: parseQueryTag(key, dictionary) }
        : { kind: 'metadata', number: metadataNumber(key, metadata) },
    as: type.as,
    direction: direction === 'ASC' ? 'ascending' : 'descending',
  }
}
