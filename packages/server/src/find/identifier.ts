import {
  type DataSet,
  type Dictionary,
  type Element,
  isGroupLength,
  isPrivateCreator,
  type Tag,
  textOf,
  textValues,
  type Vr,
} from '@kingsfoil/dicom'
import type { Level } from '../model/level.ts'
import type { Constraint, Folding } from './constraint.ts'
import { createConstraint } from './create-constraint.ts'
import type { TextOptions } from './data-set-value.ts'
import { type Search, searchFor } from './search.ts'

export interface IdentifierOptions extends TextOptions {
  /** Names alone may be compared whatever their letter case. */
  readonly caseSensitiveNames: boolean
}

/** A key of an identifier: what is to be returned, and of a sequence, which of its items' attributes. */
export interface ReturnKey {
  readonly tag: Tag
  readonly vr: Vr
  /** Empty: all of them. */
  readonly itemKeys: readonly ReturnKey[]
  /** Text that is given back as it came. */
  readonly echo: string | undefined
}

export interface IdentifierQuery {
  readonly search: Search
  readonly keys: readonly ReturnKey[]
  /** Values of Specific Character Set of the request. */
  readonly characterSet: readonly string[]
}

const specificCharacterSet: Tag = 0x00080005

/** They tell how to search, or come with every answer. */
const controlTags: ReadonlySet<Tag> = new Set([
  specificCharacterSet,
  0x00080052, // Query/Retrieve Level
  0x00080053, // Query/Retrieve View
  0x00080054, // Retrieve AE Title
  0x00080056, // Instance Availability
])

/** Timezone Offset From UTC tells how the times of the identifier are meant (PS3.4 C.4.1.1.1). */
const timezoneOffset: Tag = 0x00080201

const instanceAvailability: Tag = 0x00080056

/**
 * Reads the identifier of a C-FIND request (PS3.4 C.4.1.1.3). What clients are known to send against the standard is
 * understood: `*` in dates and UIDs asks for nothing. Errors: as `parseMatcher`.
 */
export function parseIdentifier(
  level: Level,
  identifier: DataSet,
  options: IdentifierOptions,
): IdentifierQuery {
  const keys = returnKeys(identifier, options)
  return {
    search: searchFor(level, constraintsOf(identifier, options)),
    keys,
    characterSet: textValues(identifier, specificCharacterSet),
  }
}

const isKey = ({ tag }: Element): boolean => tag >>> 16 >= 8 && !isGroupLength(tag)

function returnKeys(identifier: DataSet, options: IdentifierOptions): readonly ReturnKey[] {
  return [...identifier]
    .filter(
      (element) => isKey(element) && (!controlTags.has(element.tag) || element.tag === instanceAvailability),
    )
    .map((element) => ({
      tag: element.tag,
      vr: vrOf(element, options.dictionary),
      itemKeys: firstItem(element) === undefined ? [] : returnKeys(firstItem(element) ?? identifier, options),
      echo: isPrivateCreator(element.tag) ? (textOf(identifier, element.tag, options) ?? '') : undefined,
    }))
}

/** PS3.6 knows better than a sender. */
function vrOf({ tag, vr }: Element, dictionary: Dictionary): Vr {
  return dictionary.lookup(tag)?.vr ?? vr
}

/** PS3.4 C.2.2.2.6: one item, or none. */
const firstItem = ({ value }: Element): DataSet | undefined =>
  value.kind === 'items' ? value.items[0] : undefined

function constraintsOf(identifier: DataSet, options: IdentifierOptions): readonly Constraint[] {
  const { dictionary, caseSensitiveNames } = options
  const foldingOf = (vr: Vr): Folding => (vr === 'PN' && !caseSensitiveNames ? 'case' : 'none')
  return [...identifier].flatMap((element): readonly Constraint[] => {
    const { tag, value } = element
    if (!isKey(element) || controlTags.has(tag) || tag === timezoneOffset || isPrivateCreator(tag)) return []
    if (value.kind === 'items') {
      const item = value.items[0]
      const constraints = item === undefined ? [] : constraintsOf(item, options)
      const isAsked = constraints.some(({ matcher }) => matcher.kind !== 'universal')
      const matcher = { kind: 'sequence', constraints } as const
      return isAsked ? [{ tag, vr: 'SQ', isMultiple: true, folding: 'none', matcher }] : []
    }
    const text = textOf(identifier, tag, options) ?? ''
    if (text.trim() === '') return []
    return [createConstraint(tag, text, { dictionary, wildcards: 'lenient', foldingOf })]
  })
}
