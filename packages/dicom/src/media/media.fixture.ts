import type { DataSet } from '../data-set/data-set.ts'
import { buildDataSet, type NewElement } from '../encoding/build-data-set.ts'
import { readPart10 } from '../part10/read-part10.ts'
import { textOf } from '../values/text-of.ts'
import type { MediaFile } from './media-keys.ts'

const encoding = { explicitVr: true, littleEndian: true } as const
const explicitLittleEndian = '1.2.840.10008.1.2.1'

export const ctImage = '1.2.840.10008.5.1.4.1.1.2'

/** An instance that says what it is and where it belongs, and nothing else but for `elements`. */
export function bareFile(
  name: {
    readonly sopClassUid?: string
    readonly study?: string
    readonly series?: string
    readonly instance?: string
  },
  elements: readonly NewElement[] = [],
): MediaFile {
  const { sopClassUid = ctImage, study = '1.1', series = '1.2', instance = '1.3' } = name
  const own: readonly NewElement[] = [
    [0x00080016, 'UI', sopClassUid],
    [0x00080018, 'UI', instance],
    [0x0020000d, 'UI', study],
    [0x0020000e, 'UI', series],
  ]
  const given = new Set(elements.map(([tag]) => tag))
  const dataSet = buildDataSet(encoding, [...own.filter(([tag]) => !given.has(tag)), ...elements])
  return { fileMeta: buildDataSet(encoding, []), dataSet, transferSyntaxUid: explicitLittleEndian }
}

export const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** A directory record, found by following offsets alone. */
export interface WalkedRecord {
  readonly offset: number
  readonly type: string
  readonly item: DataSet
  readonly below: readonly WalkedRecord[]
}

const number = (item: DataSet, tag: number): number => Number(textOf(item, tag))

/** Walks a DICOMDIR as PS3.3 F.2 tells to; a record that is reached twice, or never, is an error. */
export async function walk(bytes: Uint8Array): Promise<readonly WalkedRecord[]> {
  const { dataSet, warnings } = await readPart10(
    (async function* () {
      yield bytes
    })(),
  )
  if (warnings.length > 0) throw new Error(JSON.stringify(warnings))
  const value = dataSet.get(0x00041220)?.value
  const items = value?.kind === 'items' ? value.items : []
  const left = new Map(items.map((item) => [item.position?.offset ?? -1, item]))
  const follow = (first: number): readonly WalkedRecord[] => {
    const found: WalkedRecord[] = []
    for (let offset = first; offset !== 0; ) {
      const item = left.get(offset)
      if (item === undefined) throw new Error(`There is no record at ${offset}`)
      left.delete(offset)
      const below = follow(number(item, 0x00041420))
      found.push({ offset, type: textOf(item, 0x00041430) ?? '', item, below })
      offset = number(item, 0x00041400)
    }
    return found
  }
  const records = follow(number(dataSet, 0x00041200))
  if (left.size > 0) throw new Error(`${left.size} records are out of reach`)
  const last = number(dataSet, 0x00041202)
  if (last !== (records.at(-1)?.offset ?? 0)) throw new Error(`${last} is not the last record of the root`)
  return records
}

/** Types and one tag of each record, indented by level. */
export const outline = (
  records: readonly WalkedRecord[],
  tags: readonly number[],
  depth = 0,
): readonly string[] =>
  records.flatMap(({ type, item, below }) => {
    const texts = tags.map((tag) => textOf(item, tag)).filter((text) => text !== undefined)
    return [`${'  '.repeat(depth)}${[type, ...texts].join(' ')}`, ...outline(below, tags, depth + 1)]
  })
