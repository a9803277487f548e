import { createReadStream, mkdirSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type DataSet,
  formatTag,
  readPart10,
  standardDictionary,
  textOf,
} from '../../packages/dicom/src/index.ts'
import { mediaEntries } from '../../packages/server/src/archives/media-directory.ts'
import { mediaName } from '../../packages/server/src/archives/media-names.ts'

/** Makes a media set of files in a folder, with what makes it for archives. */
export async function makeMediaSet(
  folder: string,
  files: readonly string[],
  extended: boolean,
): Promise<{ readonly duplicates: number; readonly unlisted: number }> {
  mkdirSync(join(folder, 'IMAGES'), { recursive: true })
  const entries = files.map((file, position) => {
    const { path, name } = mediaName(position)
    return {
      instanceId: file,
      name: `${path}${name}`,
      modified: 0,
      size: statSync(file).size,
      read: () => createReadStream(file) as AsyncIterable<Uint8Array>,
    }
  })
  const told = { duplicates: 0, unlisted: 0 }
  const options = {
    extended,
    now: Date.now(),
    dictionary: standardDictionary,
    defaultCharacterSet: 'ISO_IR 100',
    onDuplicate: () => told.duplicates++,
    onUnlisted: () => told.unlisted++,
  }
  for await (const entry of mediaEntries(entries, options)) {
    await writeFile(join(folder, entry.name), entry.read())
  }
  return told
}

/** What a record says, by tag, and the records below it, by type and name. */
export interface TreeRecord {
  readonly says: Readonly<Record<string, unknown>>
  readonly below: Readonly<Record<string, TreeRecord>>
}

/** What names a record of each type; others have the SOP Instance UID of their file. */
const nameTags: Readonly<Record<string, number>> = {
  PATIENT: 0x00100020,
  STUDY: 0x0020000d,
  SERIES: 0x0020000e,
}

/** Found by following offsets alone, so that the order in the file does not matter. */
export async function readTree(dicomdir: Uint8Array): Promise<TreeRecord> {
  const { dataSet } = await readPart10(
    (async function* () {
      yield dicomdir
    })(),
  )
  const value = dataSet.get(0x00041220)?.value
  const items = value?.kind === 'items' ? value.items : []
  const byOffset = new Map(items.map((item) => [item.position?.offset ?? -1, item]))
  const follow = (first: number): TreeRecord['below'] => {
    const below: Record<string, TreeRecord> = {}
    for (let offset = first; offset !== 0; ) {
      const item = byOffset.get(offset)
      if (item === undefined) throw new Error(`There is no record at ${offset}`)
      const type = textOf(item, 0x00041430) ?? ''
      const name = `${type} ${textOf(item, nameTags[type] ?? 0x00041511) ?? ''}`
      if (below[name] !== undefined) throw new Error(`There are two records ${name}`)
      below[name] = { says: sayings(item), below: follow(Number(textOf(item, 0x00041420))) }
      offset = Number(textOf(item, 0x00041400))
    }
    return below
  }
  const ownTags = [...dataSet].filter(({ tag }) => tag === 0x00041130 || tag === 0x00041212)
  const says = Object.fromEntries(ownTags.map(({ tag }) => [formatTag(tag), textOf(dataSet, tag) ?? '']))
  return { says, below: follow(Number(textOf(dataSet, 0x00041200))) }
}

/** Offsets depend on the order; which number a file has is up to who writes it. */
const incomparable: ReadonlySet<number> = new Set([0x00041400, 0x00041420, 0x00041500, 0x00041430])

const sayings = (item: DataSet): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...item].flatMap(({ tag, value }) => {
      if (incomparable.has(tag)) return []
      return [[formatTag(tag), value.kind === 'items' ? value.items.map(sayings) : (textOf(item, tag) ?? '')]]
    }),
  )
