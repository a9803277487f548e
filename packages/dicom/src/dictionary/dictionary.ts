import { isGroupLength, isPrivate, isPrivateCreator, parseNumericTag, type Tag } from '../tag.ts'
import type { Vr } from '../vr.ts'
import { commandElements } from './command-elements.ts'
import {
  type DictionaryEntry,
  keywordOfLine,
  type MaskedEntry,
  nameOfKeyword,
  parseEntryLine,
} from './entry.ts'
import { attributes } from './generated/attributes.ts'

/** An attribute to add: `tag` of a private one needs only its group and the low byte of its element. */
export interface NewEntry {
  readonly tag: Tag
  readonly vr: Vr
  readonly keyword: string
  readonly name?: string
  /** Default `1`. */
  readonly vm?: string
  readonly privateCreator?: string
}

interface Tables {
  /** Lines are read when they are first looked up: most never are. */
  readonly exact: Map<Tag, DictionaryEntry | string>
  /** Repeating groups: by mask, then by masked tag. */
  readonly masked: Map<number, Map<number, DictionaryEntry>>
  /** By creator, then by tag without the block byte. */
  readonly private: Map<string, Map<Tag, DictionaryEntry>>
}

/** PS3.5 7.2: every group has one, and it is always UL. */
const groupLength: DictionaryEntry = {
  tag: 0,
  name: 'Generic Group Length',
  keyword: 'GenericGroupLength',
  vr: 'UL',
  alternatives: ['UL'],
  vm: '1',
  retired: true,
}

/** PS3.5 7.8.1. */
const privateCreator: DictionaryEntry = {
  tag: 0x00010010,
  name: 'Private Creator',
  keyword: 'PrivateCreator',
  vr: 'LO',
  alternatives: ['LO'],
  vm: '1',
  retired: false,
}

/** (gggg,xxee): the same attribute in whichever block the creator has reserved (PS3.5 7.8.1). */
const withoutBlock = (tag: Tag): Tag => (tag & 0xffff00ff) >>> 0

/** Attributes by tag and keyword (PS3.6). Immutable; reads its source when first asked. */
export class Dictionary {
  readonly #load: () => Tables
  #tables: Tables | undefined
  #keywords: ReadonlyMap<string, Tag> | undefined

  private constructor(load: () => Tables) {
    this.#load = load
  }

  /** Lines as `parseEntryLine` reads them. */
  static fromLines(...texts: readonly string[]): Dictionary {
    return new Dictionary(() => readTables(texts))
  }

  get #loaded(): Tables {
    this.#tables ??= this.#load()
    return this.#tables
  }

  /** Whether it is of use to tell `lookup` the creator of a private tag. */
  get hasCreators(): boolean {
    return this.#loaded.private.size > 0
  }

  /** Private tags are found by their creator, or by the exact tag if they were added without one. */
  lookup(tag: Tag, creator?: string): DictionaryEntry | undefined {
    const tables = this.#loaded
    if (creator !== undefined) {
      const entry = tables.private.get(creator)?.get(withoutBlock(tag))
      if (entry !== undefined) return entry
    }
    const exact = tables.exact.get(tag)
    if (typeof exact !== 'string') return exact ?? lookupByRule(tables, tag)
    const { entry } = parseEntryLine(exact)
    tables.exact.set(tag, entry)
    return entry
  }

  /** Reads a keyword, `gggg,eeee`, `gggg-eeee` or `ggggeeee`. A keyword of a repeating group gives its first tag. */
  parseTag(text: string): Tag | undefined {
    return parseNumericTag(text) ?? this.#tagsByKeyword.get(text)
  }

  get #tagsByKeyword(): ReadonlyMap<string, Tag> {
    this.#keywords ??= readKeywords(this.#loaded)
    return this.#keywords
  }

  /** This dictionary with more attributes, which win over those it has. */
  with(entries: readonly NewEntry[]): Dictionary {
    return new Dictionary(() => {
      const tables = copyTables(this.#loaded)
      for (const entry of entries) addEntry(tables, entry)
      return tables
    })
  }
}

function lookupByRule(tables: Tables, tag: Tag): DictionaryEntry | undefined {
  if (isPrivate(tag)) {
    if (isPrivateCreator(tag)) return privateCreator
    return isGroupLength(tag) ? groupLength : undefined
  }
  for (const [mask, entries] of tables.masked) {
    const entry = entries.get((tag & mask) >>> 0)
    if (entry !== undefined) return entry
  }
  return isGroupLength(tag) ? groupLength : undefined
}

function readTables(texts: readonly string[]): Tables {
  const tables: Tables = { exact: new Map(), masked: new Map(), private: new Map() }
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const pattern = line.slice(0, 8)
    if (pattern.includes('x')) addMasked(tables, parseEntryLine(line))
    else tables.exact.set(Number.parseInt(pattern, 16), line)
  }
  return tables
}

function addMasked(tables: Tables, { mask, entry }: MaskedEntry): void {
  inner(tables.masked, mask).set(entry.tag, entry)
}

/** Added attributes come last, and win over those of the standard. */
function readKeywords(tables: Tables): ReadonlyMap<string, Tag> {
  const keywords = new Map<string, Tag>()
  for (const entries of tables.masked.values()) {
    for (const { keyword, tag } of entries.values()) keywords.set(keyword, tag)
  }
  for (const [tag, entry] of tables.exact) {
    keywords.set(typeof entry === 'string' ? keywordOfLine(entry) : entry.keyword, tag)
  }
  for (const entries of tables.private.values()) {
    // The block of a private attribute differs from data set to data set: PS3.5 7.8.1 starts with block 10.
    for (const { keyword, tag } of entries.values()) keywords.set(keyword, inFirstBlock(tag))
  }
  return keywords
}

function addEntry(tables: Tables, added: NewEntry): void {
  const { tag, vr, keyword, privateCreator } = added
  const entry: DictionaryEntry = {
    tag: privateCreator === undefined ? tag : withoutBlock(tag),
    name: added.name ?? nameOfKeyword(keyword),
    keyword,
    vr,
    alternatives: [vr],
    vm: added.vm ?? '1',
    retired: false,
    ...(privateCreator === undefined ? {} : { privateCreator }),
  }
  if (privateCreator === undefined) tables.exact.set(tag, entry)
  else inner(tables.private, privateCreator).set(entry.tag, entry)
}

const inFirstBlock = (tag: Tag): Tag => (tag | 0x1000) >>> 0

function inner<Outer, Key, Value>(map: Map<Outer, Map<Key, Value>>, key: Outer): Map<Key, Value> {
  let found = map.get(key)
  if (found === undefined) {
    found = new Map()
    map.set(key, found)
  }
  return found
}

const copyTables = (tables: Tables): Tables => ({
  exact: new Map(tables.exact),
  masked: tables.masked,
  private: new Map([...tables.private].map(([creator, entries]) => [creator, new Map(entries)])),
})

/** PS3.6, and the command elements of PS3.7 Annex E. */
export const standardDictionary: Dictionary = Dictionary.fromLines(commandElements, attributes)
