import type { JsonObject, JsonValue } from '../model/json-value.ts'

const plainText = /^[ !#-[\]-\x7f]*$/
const beyondAscii = /[\u0080-\uffff]/g

function quote(text: string): string {
  if (isPlain(text)) return `"${text}"`
  return JSON.stringify(text).replace(
    beyondAscii,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Most texts are short, and for those a loop is faster than a regular expression. */
function isPlain(text: string): boolean {
  if (text.length > 24) return plainText.test(text)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || code > 0x7f || code === 0x22 || code === 0x5c) return false
  }
  return true
}

/**
 * JSON as Orthanc prints it: keys in order, three spaces, ASCII only. Nesting is as deep as the value's; data sets
 * come with a depth limit from their reader.
 */
export function formatJson(value: JsonValue): string {
  const printer = new Printer()
  printer.print(value, 0)
  return printer.finish()
}

/** The same of an object whose members come one by one, in the order of their keys. */
export function formatMembers(members: Iterable<readonly [key: string, value: JsonValue]>): string {
  const printer = new Printer()
  printer.printMembers(members)
  return printer.finish()
}

/** The same, in pieces, of one whose members take long to come, or much memory. */
export async function* printMembers(
  members: AsyncIterable<readonly [key: string, value: JsonValue]>,
): AsyncGenerator<string> {
  let isEmpty = true
  for await (const member of members) {
    // Between the braces: one member.
    yield `${isEmpty ? '{' : ','}${formatMembers([member]).slice(1, -2)}`
    isEmpty = false
  }
  yield isEmpty ? '{}' : '\n}'
}

/** What stands before the members of an object or array, between them, and after them. */
interface Layout {
  readonly newline: string
  readonly openObject: string
  readonly openArray: string
  readonly next: string
  readonly closeObject: string
  readonly closeArray: string
}

const layouts: Layout[] = []

/** By depth; `newline` is that of the members. */
function layoutOf(depth: number): Layout {
  const known = layouts[depth]
  if (known !== undefined) return known
  const outer = `\n${'   '.repeat(depth)}`
  const newline = `${outer}   `
  const layout = {
    newline,
    openObject: `{${newline}`,
    openArray: `[${newline}`,
    next: `,${newline}`,
    closeObject: `${outer}}`,
    closeArray: `${outer}]`,
  }
  if (depth < keptLayouts) layouts[depth] = layout
  return layout
}

const keptLayouts = 64

/** Characters that are put together at a time: longer chains of concatenations are slow and take much memory. */
const pieceLength = 32 * 1024

/** The same text (Latin-1) as one run of characters, which is written faster, and takes less memory, than a chain. */
const inOneRun = (text: string): string => Buffer.from(text, 'latin1').toString('latin1')

class Printer {
  readonly #pieces: string[] = []
  #text = ''

  print(value: JsonValue, depth: number): void {
    if (this.#text.length > pieceLength) this.#cut()
    if (typeof value === 'string') this.#text += quote(value)
    else if (value === null || typeof value !== 'object') this.#text += String(value)
    else if (isArray(value)) this.#printArray(value, depth)
    else this.#printObject(value, depth)
  }

  #cut(): void {
    this.#pieces.push(inOneRun(this.#text))
    this.#text = ''
  }

  #printArray(items: readonly JsonValue[], depth: number): void {
    const layout = layoutOf(depth)
    let before = layout.openArray
    for (const item of items) {
      this.#text += before
      this.print(item, depth + 1)
      before = layout.next
    }
    this.#text += items.length === 0 ? '[]' : layout.closeArray
  }

  #printObject(members: JsonObject, depth: number): void {
    const layout = layoutOf(depth)
    let before = layout.openObject
    for (const key of sortedKeys(members)) {
      const value = members[key]
      if (value === undefined) continue
      this.#printMember(before, key, value, depth, layout)
      before = layout.next
    }
    this.#text += before === layout.openObject ? '{}' : layout.closeObject
  }

  printMembers(members: Iterable<readonly [key: string, value: JsonValue]>): void {
    const layout = layoutOf(0)
    let before = layout.openObject
    for (const [key, value] of members) {
      this.#printMember(before, key, value, 0, layout)
      before = layout.next
    }
    this.#text += before === layout.openObject ? '{}' : layout.closeObject
  }

  #printMember(before: string, key: string, value: JsonValue, depth: number, layout: Layout): void {
    this.#text += before
    this.#text += quote(key)
    this.#text += opensBlock(value) ? ` : ${layout.newline}` : ' : '
    this.print(value, depth + 1)
  }

  finish(): string {
    if (this.#pieces.length === 0) return inOneRun(this.#text)
    this.#cut()
    return this.#pieces.join('')
  }
}

const isArray = (value: object): value is readonly JsonValue[] => Array.isArray(value)

/** Most views have their keys in order already. */
function sortedKeys(members: JsonObject): readonly string[] {
  const keys = Object.keys(members)
  let previous = ''
  for (const key of keys) {
    if (key < previous) return keys.sort()
    previous = key
  }
  return keys
}

function opensBlock(value: JsonValue): boolean {
  if (value === null || typeof value !== 'object') return false
  if (isArray(value)) return value.length > 0
  for (const key in value) if (value[key] !== undefined) return true
  return false
}
