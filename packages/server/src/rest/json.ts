export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

export interface JsonObject {
  readonly [key: string]: JsonValue
}

const plainText = /^[ !#-[\]-\x7f]*$/
const beyondAscii = /[\u0080-\uffff]/g

function quote(text: string): string {
  if (plainText.test(text)) return `"${text}"`
  return JSON.stringify(text).replace(
    beyondAscii,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * JSON as Orthanc prints it: keys in order, three spaces, ASCII only. Nesting is as deep as the value's; data sets
 * come with a depth limit from their reader.
 */
export function formatJson(value: JsonValue): string {
  const printer = new Printer()
  printer.print(value, '\n')
  return printer.finish()
}

/** Characters that are put together at a time: longer chains of concatenations are slow and take much memory. */
const pieceLength = 32 * 1024

class Printer {
  readonly #pieces: string[] = []
  #text = ''

  print(value: JsonValue, newline: string): void {
    if (this.#text.length > pieceLength) this.#cut()
    if (typeof value === 'string') this.#text += quote(value)
    else if (value === null || typeof value !== 'object') this.#text += String(value)
    else if (isArray(value)) this.#printArray(value, newline)
    else this.#printObject(value, newline)
  }

  /** A copy, so that the piece is one run of characters from here on. */
  #cut(): void {
    this.#pieces.push(Buffer.from(this.#text, 'latin1').toString('latin1'))
    this.#text = ''
  }

  #printArray(items: readonly JsonValue[], newline: string): void {
    const inner = `${newline}   `
    let separator = `[${inner}`
    for (const item of items) {
      this.#text += separator
      this.print(item, inner)
      separator = `,${inner}`
    }
    this.#text += items.length === 0 ? '[]' : `${newline}]`
  }

  #printObject(members: JsonObject, newline: string): void {
    const inner = `${newline}   `
    let separator = `{${inner}`
    for (const key of sortedKeys(members)) {
      const value = members[key]
      if (value === undefined) continue
      this.#text += `${separator}${quote(key)} : ${opensBlock(value) ? inner : ''}`
      this.print(value, inner)
      separator = `,${inner}`
    }
    this.#text += separator.startsWith('{') ? '{}' : `${newline}}`
  }

  finish(): string {
    if (this.#pieces.length === 0) return this.#text
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
  return isArray(value) ? value.length > 0 : Object.values(value).some((member) => member !== undefined)
}
